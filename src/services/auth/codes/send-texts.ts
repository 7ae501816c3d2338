/** Text messages that carry a code: each makes the code in the caller's transaction and returns what sends it after commit. */
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import type { CodeType } from '../store/one-time-tokens.ts';
import { type UserRow, updateUser } from '../store/users.ts';
import type { Send, SmsRequest } from './code-messages.ts';
import { issueCode } from './issue-code.ts';
import { countMessage, type MessageQuota } from './message-quotas.ts';

/** To the user's own number: it is confirmed, or signs in. */
export const sendPhoneConfirmation = (
  context: AuthContext,
  tx: Session,
  request: SmsRequest & { readonly counted?: boolean },
): Promise<Send> =>
  prepare(context, tx, request, {
    type: 'confirmation_token',
    purpose: 'confirmation',
    phone: request.user.phone ?? '',
    columns: { confirmation_sent_at: new Date(context.now()) },
    counted: request.counted,
  });

/** To the number that the user wants (E.164 without plus); that nobody else has it is for the caller. */
export const startPhoneChange = (
  context: AuthContext,
  tx: Session,
  request: SmsRequest & { readonly phone: string; readonly counted?: boolean },
): Promise<Send> =>
  prepare(context, tx, request, {
    type: 'phone_change_token',
    purpose: 'phone_change',
    phone: request.phone,
    columns: { phone_change: request.phone, phone_change_sent_at: new Date(context.now()) },
    counted: request.counted,
  });

/** A nonce for a change of password, to the user's number. */
export const sendPhoneReauthentication = (context: AuthContext, tx: Session, request: SmsRequest): Promise<Send> =>
  prepare(context, tx, request, {
    type: 'reauthentication_token',
    purpose: 'reauthentication',
    phone: request.user.phone ?? '',
    columns: { reauthentication_sent_at: new Date(context.now()) },
  });

async function prepare(
  context: AuthContext,
  tx: Session,
  { user, ip, channel = 'sms' }: SmsRequest,
  text: {
    readonly type: CodeType;
    readonly purpose: MessageQuota['purpose'];
    readonly phone: string;
    readonly columns: Partial<UserRow>;
    readonly counted?: boolean;
  },
): Promise<Send> {
  const { phone } = text;
  if (!phone) throw new TypeError('a text message needs a number');
  if (!text.counted) await countMessage(context, tx, { channel: 'sms', purpose: text.purpose, address: phone, ip });
  const known = context.settings.sms.testOtp[phone];
  const { code } = await issueCode(context, tx, {
    user,
    type: text.type,
    relatesTo: phone,
    length: context.settings.sms.otpLength,
    code: known,
  });
  const updated = await updateUser(tx, user.id, text.columns);
  if (known !== undefined) return async () => ({ messageId: 'test-otp' });
  return async () => ({ messageId: await context.outbox.sms({ phone, code, user: updated, channel }) });
}
