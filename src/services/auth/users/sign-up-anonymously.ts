import type { AuthContext } from '../context.ts';
import type { AuthRequest } from '../http/endpoint.ts';
import { issueSession, type SessionBody } from '../sessions/issue-session.ts';
import { audit } from '../store/audit.ts';
import { createUser } from './create-user.ts';

/** A user without address and number, signed in at once; an address or an identity makes it permanent later. */
export function signUpAnonymously(
  context: AuthContext,
  request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>,
  data: Readonly<Record<string, unknown>>,
): Promise<SessionBody> {
  return context.transaction(async (tx) => {
    const user = await createUser(context, tx, { anonymous: true, userMetadata: data, ip: request.ip });
    await audit(tx, user, 'user_signedup', { ip: request.ip, traits: { provider: 'anonymous' } });
    return issueSession(context, tx, { user, method: 'anonymous', request });
  });
}
