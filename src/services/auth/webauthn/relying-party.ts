import { Type } from 'typebox';
import type { AuthContext } from '../context.ts';
import { validationFailed } from '../errors.ts';
import { isLoopback } from '../limits/loopback.ts';

/** Who asks for a key (WebAuthn's relying party): the domain that keys are bound to, and the pages that may ask for them. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
}

/** `webauthn` of a challenge's body, as auth-js sends it. */
export const WebAuthnParameters = Type.Object({
  rpId: Type.Optional(Type.String()),
  rpOrigins: Type.Optional(Type.Array(Type.String())),
});

/** COSE: EdDSA, ES256, RS256. */
export const ALGORITHMS = [-8, -7, -257];

/** The project's own, from config.toml or from the site's address. */
export function relyingParty({ settings }: AuthContext): RelyingParty {
  const site = new URL(settings.siteUrl);
  // A domain is asked for, and an address is none; browsers take localhost for it.
  const local = isLoopback(site.hostname);
  const { rpId, rpDisplayName, rpOrigins } = settings.passkeys;
  const id = rpId || (local ? 'localhost' : site.hostname);
  const own = local ? [site.origin, site.origin.replace(site.hostname, 'localhost')] : [site.origin];
  return { id, name: rpDisplayName || id, origins: rpOrigins.length > 0 ? rpOrigins : own };
}

/**
 * The one that a client names for a factor. Its pages must be on its domain, and where the project names a domain of its own it must
 * be that one: otherwise a page elsewhere could have itself believed. Throws validation_failed (400).
 */
export function namedRelyingParty(
  context: AuthContext,
  given: { readonly rpId?: string; readonly rpOrigins?: readonly string[] } | null | undefined,
): RelyingParty {
  const own = relyingParty(context);
  const id = given?.rpId ?? '';
  if (id === '') throw validationFailed('webAuthn RP ID cannot be empty');
  if (context.settings.passkeys.rpId && id !== own.id) throw validationFailed(`webAuthn RP ID must be ${own.id}`);
  const origins = given?.rpOrigins?.length ? given.rpOrigins : own.origins;
  for (const origin of origins) {
    const host = URL.canParse(origin) ? new URL(origin).hostname : '';
    if (host === '') throw validationFailed(`RP Origin ${JSON.stringify(origin)} is missing scheme or host`);
    if (host !== id && !host.endsWith(`.${id}`))
      throw validationFailed(`RP Origin ${JSON.stringify(origin)} is not of the RP ID ${JSON.stringify(id)}`);
  }
  return { id, name: own.id === id ? own.name : id, origins };
}
