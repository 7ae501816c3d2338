import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { readChallenge } from '../../flows/challenge.ts';
import { startFlow } from '../../flows/flow-state.ts';
import type { AuthRequest } from '../../http/endpoint.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { ProviderError } from '../provider.ts';
import { findProvider } from '../registry.ts';
import { codeVerifierOf, nonceOf, stateOf } from './state.ts';

/** Fields of the query that are for us; what else stands there goes on to the provider. */
const FOR_US = new Set([
  'provider',
  'scopes',
  'redirect_to',
  'invite_token',
  'code_challenge',
  'code_challenge_method',
  'skip_http_redirect',
  'apikey',
]);

/** Remembers where a person wants to go and returns the provider's address to send him to. Throws validation_failed (400). */
export async function startProviderFlow(
  context: AuthContext,
  request: Pick<AuthRequest, 'query' | 'headers'>,
  options: { readonly linkingTargetId?: string } = {},
): Promise<string> {
  const { query } = request;
  const name = query.get('provider') ?? '';
  const challenge = readChallenge({
    code_challenge: query.get('code_challenge'),
    code_challenge_method: query.get('code_challenge_method'),
  });
  const { provider, flow } = await context.transaction(async (tx) => {
    const found = await findProvider(context, tx, name);
    const flow = await startFlow(context, tx, {
      provider: name,
      method: 'oauth',
      challenge,
      referrer: redirectOf(context.settings, request),
      inviteToken: query.get('invite_token') || undefined,
      linkingTargetId: options.linkingTargetId,
      emailOptional: found.emailOptional,
    });
    return { provider: found, flow };
  });
  try {
    return await provider.authorizationUrl({
      state: stateOf(context, flow.id),
      scopes: (query.get('scopes') ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
      parameters: new URLSearchParams([...query].filter(([field]) => !FOR_US.has(field))),
      codeVerifier: codeVerifierOf(context, flow.id),
      nonce: nonceOf(context, flow.id),
    });
  } catch (cause) {
    if (!(cause instanceof ProviderError)) throw cause;
    context.log.warn({ err: cause, provider: name }, 'a provider could not be asked for its endpoints');
    throw cause.stage === 'discovery' && cause.cause === undefined
      ? validationFailed(`Unsupported provider: ${cause.message}`)
      : new AuthError(500, 'unexpected_failure', 'Unable to reach the provider', { cause });
  }
}
