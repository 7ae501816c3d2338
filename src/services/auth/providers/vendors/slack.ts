import { isTrue, profileOf, textOf } from '../profile.ts';
import type { OidcVendor } from '../vendor.ts';

export const slack: OidcVendor = {
  kind: 'oidc',
  scopes: ['openid', 'profile', 'email'],
  issuer: (url) => url ?? 'https://slack.com',
  profile: (claims) =>
    profileOf({
      issuer: claims.iss,
      subject: claims.sub,
      email: textOf(claims['email']),
      emailVerified: isTrue(claims['email_verified']),
      name: textOf(claims['name']),
      picture: textOf(claims['picture']),
      custom: { 'https://slack.com/team_id': claims['https://slack.com/team_id'] },
    }),
};
