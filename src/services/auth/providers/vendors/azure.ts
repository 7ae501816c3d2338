import { isTrue, profileOf, textOf } from '../profile.ts';
import type { OidcVendor } from '../vendor.ts';

const HOST = 'https://login.microsoftonline.com';

/**
 * Microsoft Entra. `url` names a tenant (https://login.microsoftonline.com/<tenant>); without one accounts of every tenant may come,
 * and each tenant's tokens carry an issuer of its own. Any tenant's admin can write any mail address into an account, so an address
 * counts as verified only when the token says that its domain was (`xms_edov`).
 */
export const azure: OidcVendor = {
  kind: 'oidc',
  scopes: ['openid', 'email', 'profile'],
  issuer: (url) => `${(url ?? `${HOST}/common`).replace(/\/$/, '').replace(/\/v2\.0$/, '')}/v2.0`,
  acceptsIssuer: (issuer, expected) => {
    if (issuer === expected) return true;
    const anyTenant = /\/(common|organizations|consumers)\/v2\.0$/.exec(expected);
    return anyTenant !== null && /^https:\/\/login\.microsoftonline\.com\/[0-9a-f-]{36}\/v2\.0$/.test(issuer);
  },
  profile: (claims) =>
    profileOf({
      issuer: claims.iss,
      subject: claims.sub,
      email: textOf(claims['email']),
      emailVerified: isTrue(claims['xms_edov']) || claims['xms_edov'] === 1 || claims['xms_edov'] === '1',
      name: textOf(claims['name']),
      username: textOf(claims['preferred_username']),
      custom: { tid: claims['tid'], oid: claims['oid'] },
    }),
};
