import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { validationFailed } from '../errors.ts';
import { sameText } from '../tokens/random.ts';

/** Fields of a body that starts a PKCE flow (RFC 7636); auth-js sends null for none. */
export const CHALLENGE_FIELDS = {
  code_challenge: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  code_challenge_method: Type.Optional(Type.Union([Type.String(), Type.Null()])),
};

export interface Challenge {
  readonly challenge: string;
  readonly method: 's256' | 'plain';
}

/** The challenge of a request's body or query, undefined for the implicit flow. Throws validation_failed (400) as GoTrue words it. */
export function readChallenge(given: {
  readonly code_challenge?: string | null;
  readonly code_challenge_method?: string | null;
}): Challenge | undefined {
  const challenge = given.code_challenge ?? '';
  const wanted = given.code_challenge_method ?? '';
  if (challenge === '' && wanted === '') return undefined;
  if (challenge === '' || wanted === '')
    throw validationFailed('PKCE flow requires code_challenge_method and code_challenge');
  if (challenge.length < 43 || challenge.length > 128)
    throw validationFailed('code challenge has to be between 43 and 128 characters');
  if (!/^[a-zA-Z0-9._~-]+$/.test(challenge))
    throw validationFailed(
      'code challenge can only contain alphanumeric characters, hyphens, periods, underscores and tildes',
    );
  const method = wanted.toLowerCase();
  if (method !== 's256' && method !== 'plain') throw validationFailed(`unsupported code_challenge method "${wanted}"`);
  return { challenge, method };
}

/** Whether the verifier is what the challenge was made of; in constant time. */
export function answersChallenge(verifier: string, { challenge, method }: Challenge): boolean {
  const made = method === 's256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return sameText(made, challenge);
}
