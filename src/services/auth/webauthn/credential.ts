/** Checks of what an authenticator signed, by @simplewebauthn/server: origin, domain, challenge, flags, counter, signature. */
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { Type } from 'typebox';
import { webAuthn } from './library.ts';
import { ALGORITHMS, type RelyingParty } from './relying-party.ts';

/** `credential` of a body: what navigator.credentials gave, as JSON. What is in it is checked when it is verified. */
export const CredentialBody = Type.Object({
  id: Type.String({ maxLength: 4096 }),
  response: Type.Record(Type.String(), Type.Unknown()),
});

/** A key that was registered. */
export interface RegisteredKey {
  /** Base64url. */
  readonly id: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly aaguid: string;
  readonly attestation: string;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** What a challenge asked for. */
export interface Asked {
  /** Base64url. */
  readonly challenge: string;
  readonly relyingParty: RelyingParty;
}

/** The key, or undefined when the answer does not hold: whatever is wrong with it is no concern of the caller's. */
export async function registeredKey(credential: unknown, asked: Asked): Promise<RegisteredKey | undefined> {
  try {
    const { verified, registrationInfo } = await (await webAuthn()).verifyRegistrationResponse({
      response: withRawId(credential) as RegistrationResponseJSON,
      expectedChallenge: asked.challenge,
      expectedOrigin: [...asked.relyingParty.origins],
      expectedRPID: asked.relyingParty.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return undefined;
    const { credential: key, aaguid, fmt, credentialDeviceType, credentialBackedUp } = registrationInfo;
    return {
      id: key.id,
      publicKey: key.publicKey,
      counter: key.counter,
      transports: key.transports ?? [],
      aaguid,
      attestation: fmt,
      backupEligible: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
    };
  } catch {
    return undefined;
  }
}

/** The key's next counter and whether it is backed up now; undefined when the answer does not hold. */
export async function signedBy(
  credential: unknown,
  key: Pick<RegisteredKey, 'id' | 'publicKey' | 'counter'>,
  asked: Asked,
): Promise<{ readonly counter: number; readonly backedUp: boolean } | undefined> {
  try {
    const { verified, authenticationInfo } = await (await webAuthn()).verifyAuthenticationResponse({
      response: withRawId(credential) as AuthenticationResponseJSON,
      expectedChallenge: asked.challenge,
      expectedOrigin: [...asked.relyingParty.origins],
      expectedRPID: asked.relyingParty.id,
      credential: { id: key.id, publicKey: new Uint8Array(key.publicKey), counter: key.counter },
      requireUserVerification: false,
    });
    if (!verified) return undefined;
    return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
  } catch {
    return undefined;
  }
}

/** Browsers without toJSON send less than the specification; what is left out is known. */
function withRawId(credential: unknown): unknown {
  const given = credential as Readonly<Record<string, unknown>>;
  return { rawId: given['id'], type: 'public-key', clientExtensionResults: {}, ...given };
}
