import { type Static, Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import type { Send } from '../../codes/code-messages.ts';
import { countMessage, type MessageQuota } from '../../codes/message-quotas.ts';
import { sendCountedMail } from '../../codes/send-mails.ts';
import { sendPhoneConfirmation, startPhoneChange } from '../../codes/send-texts.ts';
import { startEmailChange } from '../../codes/start-email-change.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { CHALLENGE_FIELDS, type Challenge, readChallenge } from '../../flows/challenge.ts';
import { endpoint } from '../../http/endpoint.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { audit } from '../../store/audit.ts';
import { findUserByEmail, findUserByPhone } from '../../store/users.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({ type: Text, email: Text, phone: Text, ...CHALLENGE_FIELDS });

interface Wanted {
  readonly type: 'signup' | 'email_change' | 'sms' | 'phone_change';
  readonly kind: 'email' | 'phone';
  readonly address: string;
  readonly ip: string;
  readonly redirectTo: string;
  readonly challenge?: Challenge;
}

/** POST /resend: once more what was sent for a sign-up or a change of address, where one is under way; the same answer in any case. */
export const resend = endpoint(
  'POST',
  '/resend',
  'public',
  Body,
  async (context, request) => {
    await checkCaptcha(context, request);
    const wanted: Wanted = {
      ...checked(context, request.body),
      ip: request.ip,
      redirectTo: redirectOf(context.settings, request),
      challenge: readChallenge(request.body),
    };
    context.limits.roomForMessage(wanted.kind === 'email' ? 'email' : 'sms');
    const send = await inEvenTime(() => context.transaction((tx) => prepare(context, tx, wanted)));
    if (send) context.outbox.later('send a message again', send);
    return { status: 200, body: {} };
  },
  { limit: 'sign_in_sign_ups' },
);

function checked({ settings }: AuthContext, body: Static<typeof Body>): Pick<Wanted, 'type' | 'kind' | 'address'> {
  const { type, email, phone } = body;
  if (type !== 'signup' && type !== 'email_change' && type !== 'sms' && type !== 'phone_change')
    throw validationFailed('Missing one of these types: signup, email_change, sms, phone_change');
  if (!email && type === 'signup') throw validationFailed('Type provided requires an email');
  if (!phone && type === 'sms') throw validationFailed('Type provided requires a phone number');
  if (email && phone) throw validationFailed('Only an email address or phone number should be provided.');
  if (email) {
    if (!settings.email.enableSignup) throw new AuthError(400, 'email_provider_disabled', 'Email logins are disabled');
    return { type, kind: 'email', address: normaliseEmail(email) };
  }
  if (!phone) throw validationFailed('Missing one of these types: signup, email_change, sms, phone_change');
  if (!settings.sms.enableSignup) throw new AuthError(400, 'phone_provider_disabled', 'Phone logins are disabled');
  return { type, kind: 'phone', address: normalisePhone(phone) };
}

/** The message is counted for any address, and for each purpose as the first message was. */
async function prepare(context: AuthContext, tx: Session, wanted: Wanted): Promise<Send | undefined> {
  const { type, kind, address, ip, redirectTo, challenge } = wanted;
  const purpose: MessageQuota['purpose'] = type === 'signup' || type === 'sms' ? 'confirmation' : type;
  await countMessage(context, tx, { channel: kind === 'email' ? 'email' : 'sms', purpose, address, ip });
  const find = kind === 'email' ? findUserByEmail : findUserByPhone;
  const user = await find(tx, address, { lock: true });
  if (!user) return undefined;
  const mail = { user, ip, redirectTo, challenge, counted: true };
  const note = (action: 'user_confirmation_requested' | 'user_modified') => audit(tx, user, action, { ip });
  if (type === 'signup') {
    if (user.email_confirmed_at) return undefined;
    await note('user_confirmation_requested');
    return sendCountedMail.confirmation(context, tx, mail);
  }
  if (type === 'sms') {
    if (user.phone_confirmed_at) return undefined;
    await note('user_confirmation_requested');
    return sendPhoneConfirmation(context, tx, mail);
  }
  if (type === 'email_change') {
    if (!user.email_change) return undefined;
    await note('user_modified');
    return startEmailChange(context, tx, { ...mail, email: user.email_change });
  }
  if (!user.phone_change) return undefined;
  await note('user_modified');
  return startPhoneChange(context, tx, { ...mail, phone: user.phone_change });
}
