import type { ProviderEmail, ProviderProfile } from './provider.ts';

export interface ProfileFields {
  readonly issuer: string;
  readonly subject: string | number | undefined;
  readonly email?: string | null;
  readonly emailVerified?: boolean;
  /** Instead of one address. */
  readonly emails?: readonly ProviderEmail[];
  readonly name?: string | null;
  readonly picture?: string | null;
  readonly username?: string | null;
  /** Further standard claims: given_name, locale, website ... */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** A profile with the claims named as GoTrue stores them: the OIDC names and the older full_name, avatar_url, provider_id, user_name. */
export function profileOf(fields: ProfileFields): ProviderProfile {
  const subject = String(fields.subject ?? '');
  const custom = present(fields.custom ?? {});
  const { name, picture, username, email } = fields;
  return {
    subject,
    emails: fields.emails ?? (email ? [{ email, verified: fields.emailVerified ?? false, primary: true }] : []),
    claims: present({
      iss: fields.issuer,
      sub: subject,
      name,
      picture,
      preferred_username: username,
      ...fields.more,
      full_name: name,
      avatar_url: picture,
      provider_id: subject,
      user_name: username,
      custom_claims: Object.keys(custom).length > 0 ? custom : undefined,
    }),
  };
}

const present = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );

/** JSON writes booleans of claims as text now and then (Apple, Cognito). */
export const isTrue = (value: unknown): boolean => value === true || value === 'true';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
