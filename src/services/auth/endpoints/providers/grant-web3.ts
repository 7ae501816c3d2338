import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import type { Answer, AuthRequest } from '../../http/endpoint.ts';

/** POST /token?grant_type=web3: a message that a Solana or Ethereum wallet signed. */
export async function web3Grant(_context: AuthContext, _request: AuthRequest): Promise<Answer> {
  throw new AuthError(422, 'web3_provider_disabled', 'Web3 provider is disabled');
}
