import type { AuthContext } from '../context.ts';
import type { FactorRow } from '../store/factors.ts';
import type { UserRow } from '../store/users.ts';
import { type Asked, type RegisteredKey, registeredKey, signedBy } from './credential.ts';
import { webAuthn } from './library.ts';
import { ALGORITHMS, namedRelyingParty, type RelyingParty } from './relying-party.ts';

const TIMEOUT_MS = 300_000;

/** `web_authn_session_data` of a challenge. */
interface ChallengeSession extends Asked {
  readonly type: 'create' | 'request';
}

/** `web_authn_credential` of a factor; the key is bound to the domain that it was made for. */
interface StoredKey extends Omit<RegisteredKey, 'publicKey'> {
  /** Base64url. */
  readonly publicKey: string;
  readonly rpId: string;
}

export interface WebAuthnChallenge {
  readonly type: 'create' | 'request';
  /** For navigator.credentials, as JSON. */
  readonly credentialOptions: unknown;
  readonly session: Readonly<Record<string, unknown>>;
}

/** Asks an unverified factor for a new key and a verified one for a signature. Throws validation_failed (400) for a bad relying party. */
export async function challengeWebAuthn(
  context: AuthContext,
  user: UserRow,
  factor: FactorRow,
  given: { readonly rpId?: string; readonly rpOrigins?: readonly string[] } | null | undefined,
): Promise<WebAuthnChallenge> {
  const relyingParty = namedRelyingParty(context, given);
  const known = storedKey(factor);
  const type = known ? 'request' : 'create';
  const credentialOptions = known
    ? await (await webAuthn()).generateAuthenticationOptions({
        rpID: relyingParty.id,
        allowCredentials: [{ id: known.id, transports: [...known.transports] }],
        timeout: TIMEOUT_MS,
        userVerification: 'preferred',
      })
    : await creationOptions(user, relyingParty, 'discouraged');
  return { type, credentialOptions, session: { type, challenge: credentialOptions.challenge, relyingParty } };
}

/** What a browser needs to make a key for this user. */
export async function creationOptions(
  user: UserRow,
  relyingParty: RelyingParty,
  residentKey: 'discouraged' | 'required',
  known: readonly { readonly id: string; readonly transports: readonly string[] }[] = [],
) {
  const name = user.email || user.phone || user.id;
  const full = user.raw_user_meta_data?.['full_name'] ?? user.raw_user_meta_data?.['name'];
  return (await webAuthn()).generateRegistrationOptions({
    rpName: relyingParty.name,
    rpID: relyingParty.id,
    userName: name,
    userDisplayName: typeof full === 'string' && full !== '' ? full : name,
    userID: new TextEncoder().encode(user.id),
    timeout: TIMEOUT_MS,
    attestationType: 'none',
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports: [...transports] })),
    authenticatorSelection: { residentKey, userVerification: 'preferred' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

/** The credential to store when the answer holds: a new key, or the known one with its next counter. */
export async function answeredWebAuthn(
  factor: FactorRow,
  challenge: Readonly<Record<string, unknown>> | null,
  credential: unknown,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const asked = challenge as unknown as ChallengeSession | null;
  if (!asked) return undefined;
  const known = storedKey(factor);
  if (asked.type === 'create') {
    const key = known ? undefined : await registeredKey(credential, asked);
    return key && { ...key, publicKey: Buffer.from(key.publicKey).toString('base64url'), rpId: asked.relyingParty.id };
  }
  if (!known || known.rpId !== asked.relyingParty.id) return undefined;
  const signed = await signedBy(credential, { ...known, publicKey: Buffer.from(known.publicKey, 'base64url') }, asked);
  return signed && { ...known, ...signed };
}

function storedKey({ status, web_authn_credential: stored }: FactorRow): StoredKey | undefined {
  return status === 'verified' && stored ? (stored as unknown as StoredKey) : undefined;
}
