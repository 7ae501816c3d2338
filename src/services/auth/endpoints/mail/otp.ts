import { type Static, Type } from 'typebox';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import { signInByMail } from '../../codes/sign-in-by-mail.ts';
import { signInByText } from '../../codes/sign-in-by-text.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { CHALLENGE_FIELDS, readChallenge } from '../../flows/challenge.ts';
import { type Answer, type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { messageChannel } from '../../rules/message-channel.ts';
import { redirectOf } from '../../rules/redirects.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Fields = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]));
const Body = Type.Object({
  email: Text,
  phone: Text,
  data: Fields,
  create_user: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  channel: Text,
  ...CHALLENGE_FIELDS,
});
type Request = AuthRequest<Static<typeof Body>>;

/**
 * POST /otp: a link and a code by mail, or a code by SMS. Answers the same whether or not somebody has the address: where no account
 * may be made GoTrue would say otp_disabled or signup_disabled to addresses that nobody has.
 */
export const otp = endpoint(
  'POST',
  '/otp',
  'public',
  Body,
  async (context, request) => {
    const { email, phone, channel } = request.body;
    await checkCaptcha(context, request);
    if (email && phone) throw validationFailed('Only an email address or phone number should be provided');
    if (email && channel) throw validationFailed('Channel should only be specified with Phone OTP');
    if (email) return mailed(context, request);
    if (phone) return texted(context, request);
    throw validationFailed('One of email or phone must be set');
  },
  { limit: 'sign_in_sign_ups' },
);

/** POST /magiclink: the older name for mails. */
export const magicLink = endpoint(
  'POST',
  '/magiclink',
  'public',
  Body,
  async (context, request) => {
    await checkCaptcha(context, request);
    return mailed(context, request);
  },
  { limit: 'sign_in_sign_ups' },
);

async function mailed(context: AuthContext, request: Request): Promise<Answer> {
  const { body, ip } = request;
  if (!context.settings.email.enableSignup)
    throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled');
  const given = {
    email: normaliseEmail(body.email),
    data: body.data ?? {},
    createUser: body.create_user ?? true,
    redirectTo: redirectOf(context.settings, request),
    challenge: readChallenge(body),
    ip,
  };
  context.limits.roomForMessage('email');
  const send = await inEvenTime(() => signInByMail(context, given));
  if (send) context.outbox.later('send a sign-in mail', send);
  return { status: 200, body: {} };
}

async function texted(context: AuthContext, { body, ip }: Request): Promise<Answer> {
  if (!context.settings.sms.enableSignup)
    throw new AuthError(400, 'phone_provider_disabled', 'Unsupported phone provider');
  const phone = normalisePhone(body.phone);
  const channel = messageChannel(context.settings, body.channel);
  const createUser = (body.create_user ?? true) && context.settings.enableSignup;
  context.limits.roomForMessage('sms');
  const prepared = () => signInByText(context, { phone, data: body.data ?? {}, createUser, channel, ip });
  if (createUser) {
    const { messageId } = (await (await prepared())?.()) ?? {};
    return { status: 200, body: { message_id: messageId } };
  }
  // Nobody may learn from the id of a message that there was one to send.
  const send = await inEvenTime(prepared);
  if (send) context.outbox.later('send a sign-in code', send);
  return { status: 200, body: {} };
}
