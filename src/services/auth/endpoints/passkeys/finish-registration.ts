import { Type } from 'typebox';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { audit } from '../../store/audit.ts';
import { insertPasskey, type PasskeyRow, passkeysOf, takePasskeyChallenge } from '../../store/passkeys.ts';
import type { UserRow } from '../../store/users.ts';
import { type Asked, CredentialBody, type RegisteredKey, registeredKey } from '../../webauthn/credential.ts';
import { assertOpen, assertPasskeys, MOST_PASSKEYS, nameOf, verificationFailed } from '../../webauthn/passkey-rules.ts';

const Body = Type.Object({ challenge_id: Type.String(), credential: CredentialBody });

/** POST /passkeys/registration/verify: keeps the passkey that answers the caller's challenge. */
export const finishRegistration = endpoint(
  'POST',
  '/passkeys/registration/verify',
  'user',
  Body,
  async (context, request, { user }) => {
    assertPasskeys(context);
    const { challenge_id, credential } = request.body;
    const challenge = await context.transaction((tx) => takePasskeyChallenge(tx, challenge_id, 'registration'));
    assertOpen(context, challenge?.user_id === user.id ? challenge : undefined);
    const key = await registeredKey(credential, challenge!.session_data as unknown as Asked);
    if (!key) throw verificationFailed();
    const row = await keep(context, user, key, request.ip);
    return { status: 200, body: { id: row.id, friendly_name: row.friendly_name, created_at: row.created_at } };
  },
);

function keep(context: AuthContext, user: UserRow, key: RegisteredKey, ip: string): Promise<PasskeyRow> {
  return context.transaction(async (tx) => {
    await tx.query('select from auth.users where id = $1 for update', [user.id]);
    if ((await passkeysOf(tx, user.id)).length >= MOST_PASSKEYS)
      throw new AuthError(422, 'too_many_passkeys', 'Maximum number of passkeys reached');
    try {
      const row = await insertPasskey(tx, {
        ...key,
        userId: user.id,
        credentialId: Buffer.from(key.id, 'base64url'),
        friendlyName: nameOf(key.aaguid),
      });
      await audit(tx, user, 'passkey_created', { ip, traits: { passkey_id: row.id } });
      return row;
    } catch (error) {
      if (!(error instanceof PostgresError) || error.code !== '23505') throw error;
      throw new AuthError(422, 'webauthn_credential_exists', 'This passkey is already registered');
    }
  });
}
