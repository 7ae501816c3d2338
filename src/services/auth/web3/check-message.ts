import type { AuthContext } from '../context.ts';
import { OAuthError } from '../errors.ts';
import { isAllowedRedirect } from '../rules/redirects.ts';
import type { Chain, SignedMessage } from './signed-message.ts';

/** A message is good for so long around its issue. */
const VALIDITY_MS = 10 * 60 * 1000;

/** Whether it was signed for this project and for now. Throws OAuthError invalid_grant as GoTrue words it. */
export function assertMessageFits(context: AuthContext, chain: Chain, message: SignedMessage): void {
  const name = chain === 'solana' ? 'Solana' : 'Ethereum';
  const refused = (reason: string) => new OAuthError(400, 'invalid_grant', `Signed ${name} message ${reason}`);
  const { uri, domain, issuedAt, expirationTime, notBefore } = message;
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(uri.hostname);
  if (uri.protocol === 'http:' && !local)
    throw refused('is using URI which uses HTTP and hostname is not localhost, only HTTPS is allowed');
  if (uri.protocol !== 'https:' && uri.protocol !== 'http:') throw refused('is using URI which does not use HTTPS');
  if (!isAllowedRedirect(context.settings, uri.href))
    throw refused('is using URI which is not allowed on this server, message was signed for another app');
  if (uri.host !== domain)
    throw refused('is using a Domain that does not match the one in URI which is not allowed on this server');
  const now = context.now();
  if (notBefore !== undefined && now < notBefore) throw refused('becomes valid in the future');
  if (expirationTime !== undefined && now > expirationTime) throw refused('is expired');
  if (now > issuedAt + VALIDITY_MS) throw refused('was issued too long ago');
  if (now < issuedAt - VALIDITY_MS) throw refused('was issued too far in the future');
}
