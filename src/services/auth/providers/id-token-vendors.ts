import type { ProviderSettings } from '../settings/settings.ts';
import { profileOf, textOf } from './profile.ts';
import type { OidcVendor } from './vendor.ts';
import { VENDORS } from './vendors/list.ts';

interface IdTokenVendor {
  readonly name: string;
  readonly vendor: OidcVendor;
  readonly discoveryUrl?: string;
}

/** Vendors whose sign-in on the web is plain OAuth, while their phone SDKs give ID tokens. */
const OF_SDKS: Readonly<Record<string, { vendor: OidcVendor; discoveryUrl?: string }>> = {
  facebook: {
    vendor: sdkVendor('https://www.facebook.com', { subject: 'https://facebook.com' }),
    discoveryUrl: 'https://limited.facebook.com/.well-known/openid-configuration/',
  },
  kakao: { vendor: sdkVendor('https://kauth.kakao.com', {}) },
};

function sdkVendor(issuer: string, { subject }: { subject?: string }): OidcVendor {
  return {
    kind: 'oidc',
    scopes: [],
    issuer: (url) => url ?? issuer,
    profile: (claims) =>
      profileOf({
        issuer: subject ?? claims.iss,
        subject: claims.sub,
        email: textOf(claims['email']),
        // Both give out an address only once they have confirmed it.
        emailVerified: true,
        name: textOf(claims['name']) ?? textOf(claims['nickname']),
        picture: textOf(claims['picture']),
      }),
  };
}

/** The vendor of this name, or the one whose issuer this is. */
export function idTokenVendor(
  name: string,
  issuer: string,
  external: Readonly<Record<string, ProviderSettings>>,
): IdTokenVendor | undefined {
  const all = Object.entries(VENDORS).flatMap(([each, vendor]) =>
    vendor.kind === 'oidc' ? [{ name: each, vendor }] : [],
  );
  const known: IdTokenVendor[] = [
    ...all,
    ...Object.entries(OF_SDKS).map(([each, found]) => ({ name: each, ...found })),
  ];
  if (name !== '') return known.find((each) => each.name === name);
  return known.find((each) => {
    const url = external[each.name]?.url;
    if (each.name === 'keycloak' && !url) return false;
    const expected = each.vendor.issuer(url);
    return issuer === expected || (each.vendor.acceptsIssuer?.(issuer, expected) ?? false);
  });
}
