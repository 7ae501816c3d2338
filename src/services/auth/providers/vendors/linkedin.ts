import { isTrue, profileOf, textOf } from '../profile.ts';
import type { OidcVendor } from '../vendor.ts';

export const linkedin: OidcVendor = {
  kind: 'oidc',
  scopes: ['openid', 'email', 'profile'],
  issuer: (url) => url ?? 'https://www.linkedin.com/oauth',
  // Its tokens and its document have disagreed about the path.
  acceptsIssuer: (issuer, expected) =>
    issuer === expected || (expected === 'https://www.linkedin.com/oauth' && issuer === 'https://www.linkedin.com'),
  profile: (claims) =>
    profileOf({
      issuer: claims.iss,
      subject: claims.sub,
      email: textOf(claims['email']),
      emailVerified: isTrue(claims['email_verified']),
      name: textOf(claims['name']),
      picture: textOf(claims['picture']),
      more: { given_name: claims['given_name'], family_name: claims['family_name'], locale: textOf(claims['locale']) },
    }),
};
