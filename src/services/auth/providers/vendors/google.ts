import { isTrue, profileOf, textOf } from '../profile.ts';
import type { OidcVendor } from '../vendor.ts';

const ISSUER = 'https://accounts.google.com';

export const google: OidcVendor = {
  kind: 'oidc',
  scopes: ['openid', 'email', 'profile'],
  issuer: (url) => url ?? ISSUER,
  signInPage: {
    authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
    code_challenge_methods_supported: ['plain', 'S256'],
  },
  // Older tokens name the issuer without scheme.
  acceptsIssuer: (issuer, expected) => issuer === expected || (expected === ISSUER && issuer === 'accounts.google.com'),
  profile: (claims) =>
    profileOf({
      issuer: claims.iss,
      subject: claims.sub,
      email: textOf(claims['email']),
      emailVerified: isTrue(claims['email_verified']),
      name: textOf(claims['name']),
      picture: textOf(claims['picture']),
      custom: { hd: claims['hd'] },
    }),
};
