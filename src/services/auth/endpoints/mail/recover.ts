import { Type } from 'typebox';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import { countMessage } from '../../codes/message-quotas.ts';
import { sendCountedMail } from '../../codes/send-mails.ts';
import { validationFailed } from '../../errors.ts';
import { CHALLENGE_FIELDS, readChallenge } from '../../flows/challenge.ts';
import { endpoint } from '../../http/endpoint.ts';
import { inEvenTime } from '../../http/even-time.ts';
import { normaliseEmail } from '../../rules/addresses.ts';
import { redirectOf } from '../../rules/redirects.ts';
import { audit } from '../../store/audit.ts';
import { findUserByEmail } from '../../store/users.ts';

const Body = Type.Object({
  email: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  ...CHALLENGE_FIELDS,
});

/** POST /recover: a mail that leads to a new password, to whoever has an account; `{}` in any case. */
export const recover = endpoint(
  'POST',
  '/recover',
  'public',
  Body,
  async (context, request) => {
    const { body, ip } = request;
    await checkCaptcha(context, request);
    if (!body.email) throw validationFailed('Password recovery requires an email');
    const email = normaliseEmail(body.email);
    const challenge = readChallenge(body);
    context.limits.roomForMessage('email');
    const redirectTo = redirectOf(context.settings, request);
    const send = await inEvenTime(() =>
      context.transaction(async (tx) => {
        await countMessage(context, tx, { channel: 'email', purpose: 'recovery', address: email, ip });
        const user = await findUserByEmail(tx, email, { lock: true });
        if (!user) return undefined;
        await audit(tx, user, 'user_recovery_requested', { ip });
        return sendCountedMail.recovery(context, tx, { user, ip, redirectTo, challenge });
      }),
    );
    if (send) context.outbox.later('send a recovery mail', send);
    return { status: 200, body: {} };
  },
  { limit: 'sign_in_sign_ups' },
);
