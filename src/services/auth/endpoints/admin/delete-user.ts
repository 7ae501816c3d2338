import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import { SERVICE_ACTOR, userOfPath } from '../../admin/admin-user.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { revokeSessionsOf } from '../../sessions/revoke.ts';
import { audit } from '../../store/audit.ts';
import { identitiesOf } from '../../store/identities.ts';
import { deleteTokensOf } from '../../store/one-time-tokens.ts';
import { type UserRow, updateUser } from '../../store/users.ts';

const Body = Type.Object({ should_soft_delete: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])) });

/** DELETE /admin/users/:id: gone with all that refers to it, or kept as a row that tells nothing about the person. */
export const deleteUser = endpoint('DELETE', '/admin/users/:id', 'admin', Body, async (context, request) => {
  await context.transaction(async (tx) => {
    const user = await userOfPath(tx, request, { lock: true });
    if (!request.body.should_soft_delete) await remove(tx, user);
    else if (!user.deleted_at) await obscure(context, tx, user);
    await audit(tx, SERVICE_ACTOR, 'user_deleted', {
      ip: request.ip,
      traits: { user_id: user.id, user_email: user.email ?? '', user_phone: user.phone ?? '' },
    });
  });
  return { status: 200, body: {} };
});

/** Rows of the app that refer to the user without `on delete` stand in the way. */
async function remove(tx: Session, user: UserRow): Promise<void> {
  try {
    await tx.execute('delete from auth.users where id = $1', [user.id]);
  } catch (cause) {
    if (!(cause instanceof PostgresError) || /^(08|53|57)/.test(cause.code)) throw cause;
    throw new AuthError(500, 'unexpected_failure', 'Database error deleting user', { cause });
  }
}

/** What GoTrue leaves of a user: a digest of each address under the user's id, by which one who knows it can be recognised. */
async function obscure(context: AuthContext, tx: Session, user: UserRow): Promise<void> {
  const digest = (text: string | null) =>
    text ? createHash('sha256').update(`${user.id}${text}`).digest('base64url') : text;
  await updateUser(tx, user.id, {
    email: digest(user.email),
    phone: digest(user.phone)?.slice(0, 15) ?? null,
    email_change: digest(user.email_change),
    phone_change: digest(user.phone_change)?.slice(0, 15) ?? null,
    encrypted_password: null,
    confirmation_token: '',
    recovery_token: '',
    email_change_token_new: '',
    email_change_token_current: '',
    phone_change_token: '',
    reauthentication_token: '',
    raw_user_meta_data: {},
    raw_app_meta_data: {},
    deleted_at: new Date(context.now()),
  });
  for (const { id, provider, provider_id } of await identitiesOf(tx, user.id))
    await tx.execute(
      `update auth.identities set provider_id = $2, identity_data = '{}', updated_at = now() where id = $1`,
      [id, digest(`${provider}:${provider_id}`)],
    );
  await tx.execute('delete from auth.mfa_factors where user_id = $1', [user.id]);
  await tx.execute('delete from auth.webauthn_credentials where user_id = $1', [user.id]);
  await deleteTokensOf(tx, user.id);
  await revokeSessionsOf(tx, user.id);
}
