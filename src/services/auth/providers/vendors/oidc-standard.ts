import { isTrue, profileOf, textOf } from '../profile.ts';
import { ProviderError, type ProviderProfile } from '../provider.ts';
import type { OidcVendor } from '../vendor.ts';

/** Standard claims that are kept as they are. Source: OIDC Core 5.1. */
const KEPT = [
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'profile',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
];

/** Standard claims (OIDC Core 5.1) as any server writes them, in an ID token or from the userinfo endpoint. */
export function standardProfile(issuer: string, claims: Readonly<Record<string, unknown>>): ProviderProfile {
  return profileOf({
    issuer,
    subject: claims['sub'] as string | undefined,
    email: textOf(claims['email']),
    emailVerified: isTrue(claims['email_verified']),
    name: textOf(claims['name']),
    picture: textOf(claims['picture']),
    username: textOf(claims['preferred_username']),
    more: Object.fromEntries(KEPT.map((name) => [name, textOf(claims[name])])),
  });
}

/** A server that people host themselves; its address is needed. */
const hosted = (name: string, issuer: (url: string) => string): OidcVendor => ({
  kind: 'oidc',
  scopes: ['openid', 'profile', 'email'],
  issuer: (url) => {
    if (!url) throw new ProviderError('discovery', `unable to find URL for the ${name} provider`);
    return issuer(url.replace(/\/$/, ''));
  },
  profile: (claims) => standardProfile(claims.iss, claims),
});

/** `url` is the realm, e.g. https://keycloak.example.com/realms/main. */
export const keycloak = hosted('keycloak', (url) => url);
