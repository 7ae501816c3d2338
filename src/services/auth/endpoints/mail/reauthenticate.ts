import { Type } from 'typebox';
import { sendReauthentication } from '../../codes/reauthentication.ts';
import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { audit } from '../../store/audit.ts';

/** GET /reauthenticate: a nonce to the caller's address, which PUT /user wants before it changes a password. */
export const reauthenticate = endpoint(
  'GET',
  '/reauthenticate',
  'user',
  Type.Object({}),
  async (context, { ip }, { user }) => {
    if (!user.email && !user.phone)
      throw new AuthError(
        422,
        'validation_failed',
        'Reauthentication requires the user to have an email or a phone number',
      );
    if (user.email && !user.email_confirmed_at)
      throw new AuthError(422, 'email_not_confirmed', 'Please verify your email first.');
    if (!user.email && !user.phone_confirmed_at)
      throw new AuthError(422, 'phone_not_confirmed', 'Please verify your phone first.');
    const send = await context.transaction(async (tx) => {
      await audit(tx, user, 'user_reauthenticate_requested', { ip });
      return sendReauthentication(context, tx, { user, ip });
    });
    const { messageId } = await send();
    return { status: 200, body: messageId ? { message_id: messageId } : {} };
  },
);
