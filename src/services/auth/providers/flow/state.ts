/**
 * What travels through the browser as `state`: the flow's id and its seal. Ids that nobody was given by us do not open a flow, not
 * even for a reader of the database. The provider's PKCE verifier and nonce are seals of the id as well, so nobody stores them.
 */
import type { AuthContext } from '../../context.ts';
import { sameText } from '../../tokens/random.ts';

export const stateOf = (context: AuthContext, flowId: string): string =>
  `${flowId}.${context.seal('oauth-state', flowId)}`;

/** The id of the flow, or undefined for a state that is not ours. */
export function flowIdOf(context: AuthContext, state: string): string | undefined {
  const [flowId = '', seal = ''] = state.split('.');
  return sameText(seal, context.seal('oauth-state', flowId)) ? flowId : undefined;
}

export const codeVerifierOf = (context: AuthContext, flowId: string): string =>
  context.seal('provider-code-verifier', flowId);

export const nonceOf = (context: AuthContext, flowId: string): string => context.seal('provider-nonce', flowId);
