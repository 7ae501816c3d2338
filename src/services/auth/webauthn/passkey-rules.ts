import type { AuthContext } from '../context.ts';
import { AuthError, validationFailed } from '../errors.ts';
import type { PasskeyChallengeRow, PasskeyRow } from '../store/passkeys.ts';

/** Seconds in which a challenge must be answered. */
export const PASSKEY_CHALLENGE_LIFETIME = 300;
export const MOST_PASSKEYS = 10;
const LONGEST_NAME = 120;

/** Throws passkey_disabled (404) where the project has no passkeys. */
export function assertPasskeys({ settings }: AuthContext): void {
  if (!settings.passkeys.enabled) throw new AuthError(404, 'passkey_disabled', 'Passkeys are disabled');
}

/** Throws webauthn_challenge_not_found or webauthn_challenge_expired (400). */
export function assertOpen(
  context: AuthContext,
  challenge: PasskeyChallengeRow | undefined,
): asserts challenge is PasskeyChallengeRow {
  if (!challenge) throw new AuthError(400, 'webauthn_challenge_not_found', 'Challenge not found');
  if (challenge.expires_at.getTime() <= context.now())
    throw new AuthError(400, 'webauthn_challenge_expired', 'Challenge has expired');
}

export const verificationFailed = () =>
  new AuthError(400, 'webauthn_verification_failed', 'Credential verification failed');
export const passkeyNotFound = () => new AuthError(404, 'webauthn_credential_not_found', 'Passkey not found');

/** Throws validation_failed (400). */
export function checkedName(name: string | null | undefined): string {
  const trimmed = name?.trim() ?? '';
  if (trimmed === '') throw validationFailed('friendly_name is required');
  if ([...trimmed].length > LONGEST_NAME)
    throw validationFailed(`friendly_name must be at most ${LONGEST_NAME} characters`);
  return trimmed;
}

/** As lists show it. */
export const passkeyJson = (row: PasskeyRow) => ({
  id: row.id,
  friendly_name: row.friendly_name || undefined,
  created_at: row.created_at,
  last_used_at: row.last_used_at ?? undefined,
});

/** What makers call their authenticators; source: the AAGUIDs of the passkey developers' community list. */
const MAKERS: Readonly<Record<string, string>> = {
  'fbfc3007-154e-4ecc-8c0b-6e020557d7bd': 'Apple Passwords',
  'dd4ec289-e01d-41c9-bb89-70fa845d4bf2': 'iCloud Keychain',
  'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4': 'Google Password Manager',
  'adce0002-35bc-c60a-648b-0b25f1f05503': 'Chrome on Mac',
  '08987058-cadc-4b81-b6e1-30de50dcbe96': 'Windows Hello',
  '9ddd1817-af5a-4672-a2b9-3e3dd95000a9': 'Windows Hello',
  '6028b017-b1d4-4c02-b4b3-afcdafc96bb2': 'Windows Hello',
  'bada5566-a7aa-401f-bd96-45619a55120d': '1Password',
  'd548826e-79b4-db40-a3d8-11116f7e8349': 'Bitwarden',
  '531126d6-e717-415c-9320-3d9aa6981239': 'Dashlane',
  '53414d53-554e-4700-0000-000000000000': 'Samsung Pass',
};

/** A first name for a passkey, by which its owner may recognise it. */
export const nameOf = (aaguid: string): string => MAKERS[aaguid] ?? 'Passkey';
