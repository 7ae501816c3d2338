import { Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { issueSession, type SessionBody } from '../../sessions/issue-session.ts';
import { audit } from '../../store/audit.ts';
import { findPasskey, notePasskeyUse, takePasskeyChallenge } from '../../store/passkeys.ts';
import { findUser, isBanned } from '../../store/users.ts';
import { type Asked, CredentialBody, signedBy } from '../../webauthn/credential.ts';
import { assertOpen, assertPasskeys, verificationFailed } from '../../webauthn/passkey-rules.ts';

const Body = Type.Object({ challenge_id: Type.String(), credential: CredentialBody });

/** POST /passkeys/authentication/verify: signs in who owns the passkey that answers the challenge. */
export const finishAuthentication = endpoint(
  'POST',
  '/passkeys/authentication/verify',
  'public',
  Body,
  async (context, request) => {
    assertPasskeys(context);
    const { challenge_id, credential } = request.body;
    const challenge = await context.transaction((tx) => takePasskeyChallenge(tx, challenge_id, 'authentication'));
    assertOpen(context, challenge);
    const asked = challenge.session_data as unknown as Asked;
    const body = await context.transaction((tx) => signIn(context, tx, request, credential, asked));
    return { status: 200, body };
  },
  { limit: 'sign_in_sign_ups' },
);

async function signIn(
  context: AuthContext,
  tx: Session,
  request: Pick<AuthRequest<unknown>, 'ip' | 'userAgent'>,
  credential: { readonly id: string },
  asked: Asked,
): Promise<SessionBody> {
  const row = await findPasskey(tx, Buffer.from(credential.id, 'base64url'));
  const key = row && {
    id: row.credential_id.toString('base64url'),
    publicKey: row.public_key,
    counter: row.sign_count,
  };
  const signed = key && (await signedBy(credential, key, asked));
  if (!row || !signed) throw verificationFailed();
  const user = await findUser(tx, row.user_id);
  if (!user || user.deleted_at) throw verificationFailed();
  if (isBanned(user, context.now())) throw new AuthError(403, 'user_banned', 'User is banned');
  await notePasskeyUse(tx, row.id, { ...signed, at: new Date(context.now()) });
  await audit(tx, user, 'login', { ip: request.ip, traits: { provider: 'passkey', passkey_id: row.id } });
  return issueSession(context, tx, { user, method: 'passkey', request });
}
