import type { Session } from '#kernel/postgres/database.ts';
import type { MailRequest, Send, SmsRequest } from '../codes/code-messages.ts';
import { confirmEmailChange, confirmPhoneChange } from '../codes/confirmations.ts';
import { startPhoneChange } from '../codes/send-texts.ts';
import { startEmailChange } from '../codes/start-email-change.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { findUserByEmail, findUserByPhone, type UserRow, updateUser } from '../store/users.ts';

const NOTHING: Send = async () => ({});

/**
 * Asks for confirmation of the address that the user wants, or takes it where the project asks for none. Returns what sends the
 * mails after commit. Throws email_exists (422): the caller is signed in, and forms show it beside the field.
 */
export async function changeEmail(
  context: AuthContext,
  tx: Session,
  request: MailRequest & { readonly email: string },
): Promise<Send> {
  const { user, email } = request;
  if (isOther(user, await findUserByEmail(tx, email)))
    throw new AuthError(422, 'email_exists', 'A user with this email address has already been registered');
  if (context.settings.email.enableConfirmations) return startEmailChange(context, tx, request);
  const marked = await updateUser(tx, user.id, { email_change: email });
  const changed = await confirmEmailChange(context, tx, marked);
  return notice(context, user, changed, 'email_changed', { OldEmail: user.email ?? '' });
}

/** The same for a number. Throws phone_exists (422). */
export async function changePhone(
  context: AuthContext,
  tx: Session,
  request: SmsRequest & { readonly phone: string },
): Promise<Send> {
  const { user, phone } = request;
  if (isOther(user, await findUserByPhone(tx, phone)))
    throw new AuthError(422, 'phone_exists', 'A user with this phone number has already been registered');
  if (context.settings.sms.enableConfirmations) return startPhoneChange(context, tx, request);
  const marked = await updateUser(tx, user.id, { phone_change: phone });
  const changed = await confirmPhoneChange(context, tx, marked);
  return notice(context, user, changed, 'phone_changed', { OldPhone: user.phone ?? '' });
}

const isOther = (user: UserRow, found: UserRow | undefined) => found !== undefined && found.id !== user.id;

/** To the address that the user had: who did not do this should hear of it. */
function notice(
  context: AuthContext,
  before: UserRow,
  user: UserRow,
  kind: 'email_changed' | 'phone_changed',
  fields: Readonly<Record<string, string>>,
): Send {
  const { email: to } = before;
  if (!to) return NOTHING;
  return async () => {
    context.outbox.later('say that an address changed', () => context.outbox.mail({ kind, to, user, fields }));
    return {};
  };
}
