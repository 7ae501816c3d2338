import type { Static } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import {
  AdminUserBody,
  assertFree,
  chosenId,
  emailExists,
  passwordHashOf,
  phoneExists,
  SERVICE_ACTOR,
} from '../../admin/admin-user.ts';
import { bannedUntil } from '../../admin/ban-duration.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { audit } from '../../store/audit.ts';
import { insertIdentity } from '../../store/identities.ts';
import { mergedMetadata, type UserRow } from '../../store/users.ts';
import { createUser as makeUser, type NewUser } from '../../users/create-user.ts';
import { userBody } from '../../users/user-body.ts';

/** POST /admin/users: nothing is sent to the person; without a password one can be set by recovery. */
export const createUser = endpoint('POST', '/admin/users', 'admin', AdminUserBody, async (context, request) => {
  const wanted = await newUser(context, request);
  const body = await context.transaction(async (tx) => {
    await assertFree(tx, wanted);
    const user = await make(context, tx, wanted);
    await audit(tx, SERVICE_ACTOR, 'user_signedup', {
      ip: request.ip,
      traits: { user_id: user.id, user_email: user.email ?? '', user_phone: user.phone ?? '' },
    });
    return userBody(tx, user);
  });
  return { status: 200, body };
});

async function newUser(
  context: AuthContext,
  { body, ip, headers }: AuthRequest<Static<typeof AdminUserBody>>,
): Promise<NewUser> {
  if (!body.email && !body.phone) throw validationFailed('Cannot create a user without either an email or phone');
  const email = body.email ? normaliseEmail(body.email) : undefined;
  const phone = body.phone ? normalisePhone(body.phone) : undefined;
  const providers = [...(email ? ['email'] : []), ...(phone ? ['phone'] : [])];
  return {
    id: chosenId(body.id),
    ...(email && { email }),
    ...(phone && { phone }),
    passwordHash: await passwordHashOf(body),
    provider: providers[0],
    aud: body.aud || headers['x-jwt-aud'] || undefined,
    role: body.role || undefined,
    userMetadata: body.user_metadata ?? {},
    appMetadata: mergedMetadata({ provider: providers[0], providers }, body.app_metadata ?? {}),
    emailConfirmed: (email && body.email_confirm) || false,
    phoneConfirmed: (phone && body.phone_confirm) || false,
    bannedUntil: bannedUntil(body.ban_duration, context.now()) ?? undefined,
    ip,
  };
}

/** One identity for each of address and number. Whoever was first with either wins. */
async function make(context: AuthContext, tx: Session, wanted: NewUser): Promise<UserRow> {
  try {
    const user = await makeUser(context, tx, wanted);
    if (wanted.email && wanted.phone)
      await insertIdentity(tx, {
        userId: user.id,
        provider: 'phone',
        providerId: user.id,
        data: { sub: user.id, phone: wanted.phone, email_verified: false, phone_verified: false },
      });
    return user;
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    if (error.code === 'user_already_exists') throw wanted.email ? emailExists() : phoneExists();
    throw error;
  }
}
