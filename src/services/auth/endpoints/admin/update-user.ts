import type { Session } from '#kernel/postgres/database.ts';
import { PostgresError } from '#kernel/postgres/sql-errors.ts';
import {
  type AdminUser,
  AdminUserBody,
  assertFree,
  emailExists,
  passwordHashOf,
  phoneExists,
  SERVICE_ACTOR,
  userOfPath,
} from '../../admin/admin-user.ts';
import { bannedUntil } from '../../admin/ban-duration.ts';
import { confirmEmail, confirmPhone, noteProviders } from '../../codes/confirmations.ts';
import type { AuthContext } from '../../context.ts';
import { endpoint } from '../../http/endpoint.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { revokeSessionsOf } from '../../sessions/revoke.ts';
import { audit } from '../../store/audit.ts';
import { identitiesOf, insertIdentity, updateIdentity } from '../../store/identities.ts';
import { mergedMetadata, type UserColumns, type UserRow, updateUser as writeUser } from '../../store/users.ts';
import { assertStrongPassword } from '../../tokens/weak-password.ts';
import { userBody } from '../../users/user-body.ts';

/** PUT /admin/users/:id: what is given changes at once, without asking the person. A new password ends all sessions. */
export const updateUser = endpoint('PUT', '/admin/users/:id', 'admin', AdminUserBody, async (context, request) => {
  const { body } = request;
  const email = body.email ? normaliseEmail(body.email) : undefined;
  const phone = body.phone ? normalisePhone(body.phone) : undefined;
  const until = bannedUntil(body.ban_duration, context.now());
  if (body.password) await assertStrongPassword(context, body.password);
  const passwordHash = await passwordHashOf(body);
  const answer = await context.transaction(async (tx) => {
    const before = await userOfPath(tx, request, { lock: true });
    await assertFree(tx, { ...(email && { email }), ...(phone && { phone }) }, before.id);
    const columns = columnsOf(body, before, { email, phone, passwordHash, until });
    let user = await write(tx, before.id, columns);
    if (email) user = await putIdentity(tx, user, 'email', { email, email_verified: body.email_confirm ?? false });
    if (phone) user = await putIdentity(tx, user, 'phone', { phone, phone_verified: body.phone_confirm ?? false });
    user = await confirm(context, tx, user, body);
    if (passwordHash) await revokeSessionsOf(tx, user.id);
    await audit(tx, SERVICE_ACTOR, 'user_modified', {
      ip: request.ip,
      traits: { user_id: user.id, user_email: user.email ?? '', user_phone: user.phone ?? '' },
    });
    return userBody(tx, user);
  });
  return { status: 200, body: answer };
});

interface Normalised {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly passwordHash?: string | undefined;
  /** null lifts a ban. */
  readonly until?: Date | null | undefined;
}

function columnsOf(body: AdminUser, before: UserRow, given: Normalised): Partial<UserColumns> {
  const { email, phone, passwordHash, until } = given;
  const stays = before.is_anonymous && !(email && body.email_confirm) && !(phone && body.phone_confirm);
  return {
    ...(body.role && { role: body.role }),
    ...(email && { email }),
    ...(phone && { phone }),
    ...(passwordHash && { encrypted_password: passwordHash }),
    ...(until !== undefined && { banned_until: until }),
    ...(body.user_metadata && {
      raw_user_meta_data: mergedMetadata(before.raw_user_meta_data, body.user_metadata),
    }),
    ...(body.app_metadata && { raw_app_meta_data: mergedMetadata(before.raw_app_meta_data, body.app_metadata) }),
    is_anonymous: stays,
  };
}

async function write(tx: Session, id: string, columns: Partial<UserColumns>): Promise<UserRow> {
  try {
    return await writeUser(tx, id, columns);
  } catch (error) {
    if (!(error instanceof PostgresError) || error.code !== '23505' || error.schema !== 'auth') throw error;
    throw columns.email ? emailExists() : phoneExists();
  }
}

/** The identity of an address or a number follows it; somebody who had none gets it. */
async function putIdentity(
  tx: Session,
  user: UserRow,
  provider: 'email' | 'phone',
  data: Readonly<Record<string, unknown>>,
): Promise<UserRow> {
  const found = (await identitiesOf(tx, user.id)).find((identity) => identity.provider === provider);
  if (found) {
    await updateIdentity(tx, found.id, data);
    return user;
  }
  const claims = { sub: user.id, email_verified: false, phone_verified: false, ...data };
  await insertIdentity(tx, { userId: user.id, provider, providerId: user.id, data: claims });
  return noteProviders(tx, user);
}

async function confirm(context: AuthContext, tx: Session, user: UserRow, body: AdminUser): Promise<UserRow> {
  const byMail = body.email_confirm ? await confirmEmail(context, tx, user) : user;
  return body.phone_confirm ? confirmPhone(context, tx, byMail) : byMail;
}
