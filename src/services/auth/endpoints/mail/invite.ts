import { Type } from 'typebox';
import { sendInvite } from '../../codes/send-mails.ts';
import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { normaliseEmail } from '../../rules/addresses.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { audit } from '../../store/audit.ts';
import { findUser, findUserByEmail, type UserRow } from '../../store/users.ts';
import { createUser } from '../../users/create-user.ts';
import { userBody } from '../../users/user-body.ts';

const Body = Type.Object({
  email: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
});

/** POST /invite: makes an account for somebody and writes to them; again for who never confirmed. */
export const invite = endpoint('POST', '/invite', 'admin', Body, async (context, request) => {
  const { body, ip } = request;
  const email = normaliseEmail(body.email);
  const redirectTo = redirectOf(context.settings, request);
  const made = await context.transaction(async (tx) => {
    const found = await findUserByEmail(tx, email, { lock: true });
    if (found?.email_confirmed_at)
      throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
    const user =
      found ?? (await createUser(context, tx, { email, provider: 'email', userMetadata: body.data ?? {}, ip }));
    await audit(tx, { role: 'service_role' }, 'user_invited', {
      ip,
      traits: { user_id: user.id, user_email: email },
    });
    const send = await sendInvite(context, tx, { user, ip, redirectTo });
    return { send, body: await userBody(tx, (await findUser(tx, user.id)) as UserRow) };
  });
  await made.send();
  return { status: 200, body: made.body };
});
