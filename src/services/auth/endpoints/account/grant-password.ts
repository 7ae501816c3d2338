import { Type } from 'typebox';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, invalidCredentials, validationFailed } from '../../errors.ts';
import { checkedBody } from '../../http/check-body.ts';
import { refusedInEvenTime } from '../../http/even-time.ts';
import type { Grant } from '../../http/grant.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { signInWithPassword } from '../../sessions/sign-in-with-password.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({ email: Text, phone: Text, password: Text });

/** POST /token?grant_type=password. Whatever is wrong, the answer is the same and comes after the same time. */
export const passwordGrant: Grant = async (context, request) => {
  context.limits.request('sign_in_sign_ups', request.ip);
  await checkCaptcha(context, request);
  const body = checkedBody(Body, request.body) as { email?: string; phone?: string; password?: string };
  const account = accountOf(context, body);
  const session = await refusedInEvenTime(() =>
    signInWithPassword(context, request, { ...account, password: body.password ?? '' }),
  );
  return { status: 200, body: session };
};

function accountOf(
  { settings }: AuthContext,
  { email, phone }: { email?: string; phone?: string },
): { kind: 'email' | 'phone'; address: string } {
  if (email && phone) throw validationFailed('Only an email address or phone number should be provided on login.');
  if (email) {
    if (!settings.email.enableSignup) throw new AuthError(422, 'email_provider_disabled', 'Email logins are disabled');
    return { kind: 'email', address: wellFormed(() => normaliseEmail(email)) };
  }
  if (!phone) throw validationFailed('missing email or phone');
  if (!settings.sms.enableSignup) throw new AuthError(422, 'phone_provider_disabled', 'Phone logins are disabled');
  return { kind: 'phone', address: wellFormed(() => normalisePhone(phone)) };
}

/** What cannot be an address cannot be an account either. */
function wellFormed(normalised: () => string): string {
  try {
    return normalised();
  } catch {
    throw invalidCredentials();
  }
}
