import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { deleteToken } from '../store/one-time-tokens.ts';
import { type UserRow, updateUser } from '../store/users.ts';
import type { Send, SmsRequest } from './code-messages.ts';
import { issueCode } from './issue-code.ts';
import { countMessage } from './message-quotas.ts';
import { redeemCode } from './redeem-code.ts';
import { sendPhoneReauthentication } from './send-texts.ts';

/** A nonce to the user's mail address, or to the number of who has none; PUT /user asks for it before a password changes. */
export async function sendReauthentication(context: AuthContext, tx: Session, request: SmsRequest): Promise<Send> {
  const { user, ip } = request;
  const address = user.email;
  if (!address) return sendPhoneReauthentication(context, tx, request);
  await countMessage(context, tx, { channel: 'email', purpose: 'reauthentication', address, ip });
  const { code, tokenHash } = await issueCode(context, tx, {
    user,
    type: 'reauthentication_token',
    relatesTo: address,
    length: context.settings.email.otpLength,
  });
  const updated = await updateUser(tx, user.id, { reauthentication_sent_at: new Date(context.now()) });
  return async () => {
    await context.outbox.mail({
      kind: 'reauthentication',
      to: address,
      user: updated,
      token: code,
      tokenHash,
      actionType: 'reauthentication',
    });
    return {};
  };
}

/**
 * Takes the nonce and uses it up. Not inside the caller's transaction: the try is counted whatever becomes of it. Throws
 * reauthentication_not_valid (422).
 */
export async function redeemReauthentication(
  context: AuthContext,
  given: { readonly user: UserRow; readonly nonce: string; readonly ip: string },
): Promise<void> {
  const address = given.user.email || given.user.phone;
  const token = address
    ? await redeemCode(context, {
        address: address.toLowerCase(),
        code: given.nonce,
        types: ['reauthentication_token'],
        ip: given.ip,
        userId: given.user.id,
      })
    : undefined;
  const used = token !== undefined && (await context.transaction((tx) => deleteToken(tx, token.id)));
  if (!used) throw new AuthError(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid');
}
