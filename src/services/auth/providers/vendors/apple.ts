import { isTrue, profileOf, textOf } from '../profile.ts';
import type { OidcVendor } from '../vendor.ts';

/** Apple posts the callback, and tells the name only there and only the first time. */
export const apple: OidcVendor = {
  kind: 'oidc',
  scopes: ['openid', 'email', 'name'],
  parameters: { response_mode: 'form_post' },
  issuer: (url) => url ?? 'https://appleid.apple.com',
  signInPage: { authorization_endpoint: 'https://appleid.apple.com/auth/authorize' },
  profile: (claims, fields) =>
    profileOf({
      issuer: claims.iss,
      subject: claims.sub,
      email: textOf(claims['email']),
      emailVerified: isTrue(claims['email_verified']),
      name: nameOf(fields['user']),
      custom: { auth_time: claims['auth_time'], is_private_email: isTrue(claims['is_private_email']) },
    }),
};

function nameOf(user: unknown): string | undefined {
  if (typeof user !== 'string') return undefined;
  try {
    const { name } = JSON.parse(user) as { name?: { firstName?: unknown; lastName?: unknown } };
    return textOf(
      [name?.firstName, name?.lastName]
        .filter((part) => typeof part === 'string')
        .join(' ')
        .trim(),
    );
  } catch {
    return undefined;
  }
}
