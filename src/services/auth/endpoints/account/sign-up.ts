import { type Static, Type } from 'typebox';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { CHALLENGE_FIELDS, readChallenge } from '../../flows/challenge.ts';
import { type Answer, type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { messageChannel } from '../../rules/message-channel.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { assertStrongPassword } from '../../tokens/weak-password.ts';
import { signUpAnonymously } from '../../users/sign-up-anonymously.ts';
import { type Address, signUpWithAddress } from '../../users/sign-up-with-address.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({
  email: Text,
  phone: Text,
  password: Text,
  channel: Text,
  data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  ...CHALLENGE_FIELDS,
});
type Request = AuthRequest<Static<typeof Body>>;

/** POST /signup: a session where addresses count as confirmed at once, else the user; neither address nor number means anonymous. */
export const signUp = endpoint('POST', '/signup', 'public', Body, async (context, request) => {
  const { email, phone } = request.body;
  context.limits.request(email || phone ? 'sign_in_sign_ups' : 'anonymous_users', request.ip);
  await checkCaptcha(context, request);
  if (!email && !phone) return { status: 200, body: await anonymous(context, request) };
  if (!context.settings.enableSignup) throw signUpsOff();
  return withAddress(context, request);
});

const signUpsOff = () => new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance');

function anonymous(context: AuthContext, request: Request) {
  if (!context.settings.enableAnonymousSignIns)
    throw new AuthError(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled');
  if (!context.settings.enableSignup) throw signUpsOff();
  return signUpAnonymously(context, request, request.body.data ?? {});
}

async function withAddress(context: AuthContext, request: Request): Promise<Answer> {
  const { body } = request;
  if (!body.password) throw validationFailed('Signup requires a valid password');
  const address = addressOf(context, request);
  await assertStrongPassword(context, body.password);
  const given = {
    address,
    password: body.password,
    data: body.data ?? {},
    redirectTo: redirectOf(context.settings, request),
    challenge: readChallenge(body),
    channel: address.kind === 'phone' ? messageChannel(context.settings, body.channel) : ('sms' as const),
  };
  const work = () => signUpWithAddress(context, request, given);
  return { status: 200, body: await (address.confirmed ? work() : inEvenTime(work)) };
}

function addressOf({ settings }: AuthContext, { body }: Request): Address {
  if (body.email && body.phone)
    throw validationFailed('Only an email address or phone number should be provided on signup.');
  if (body.email) {
    if (!settings.email.enableSignup) throw new AuthError(400, 'email_provider_disabled', 'Email signups are disabled');
    return { kind: 'email', value: normaliseEmail(body.email), confirmed: !settings.email.enableConfirmations };
  }
  if (!settings.sms.enableSignup) throw new AuthError(400, 'phone_provider_disabled', 'Phone signups are disabled');
  return { kind: 'phone', value: normalisePhone(body.phone), confirmed: !settings.sms.enableConfirmations };
}
