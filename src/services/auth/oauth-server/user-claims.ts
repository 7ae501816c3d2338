import type { UserRow } from '../store/users.ts';

/** Claims of OpenID Connect Core 5.1 that these scopes open; `sub` always. */
export function userClaims(user: UserRow, scopes: readonly string[]): Readonly<Record<string, unknown>> {
  const has = (scope: string) => scopes.includes(scope);
  const meta = user.raw_user_meta_data ?? {};
  const text = (...names: string[]) =>
    names.map((name) => meta[name]).find((value): value is string => typeof value === 'string' && value !== '');
  return {
    sub: user.id,
    ...(has('email') && user.email ? { email: user.email, email_verified: user.email_confirmed_at !== null } : {}),
    ...(has('phone') && user.phone
      ? { phone_number: `+${user.phone}`, phone_number_verified: user.phone_confirmed_at !== null }
      : {}),
    ...(has('profile')
      ? {
          name: text('full_name', 'name'),
          picture: text('picture', 'avatar_url'),
          preferred_username: text('preferred_username', 'user_name'),
          updated_at: user.updated_at ? Math.floor(user.updated_at.getTime() / 1000) : undefined,
        }
      : {}),
  };
}
