import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError, otpExpired } from '../errors.ts';
import { audit } from '../store/audit.ts';
import { deleteToken, deleteTokensOf } from '../store/one-time-tokens.ts';
import { findUser, isBanned, type UserRow, updateUser } from '../store/users.ts';
import { confirmEmail, confirmEmailChange, confirmPhone, confirmPhoneChange } from './confirmations.ts';
import type { RedeemedToken } from './redeem-code.ts';

export type Acted =
  | {
      readonly kind: 'signed in';
      readonly user: UserRow;
      /** What the addresses were before, to tell who had them. */
      readonly before: UserRow;
    }
  /** The change of address waits for the other of two confirmations. */
  | { readonly kind: 'half confirmed' };

/**
 * Uses the token up, in the caller's transaction, and does to its user what it stands for. Throws otp_expired (403) when it was used
 * meanwhile or the user has another address by now, user_banned (403), email_exists or phone_exists (422).
 */
export async function actOnToken(
  context: AuthContext,
  tx: Session,
  token: RedeemedToken,
  ip: string,
  expired: () => AuthError = otpExpired,
): Promise<Acted> {
  const before = await findUser(tx, token.user_id, { lock: true });
  if (!before || before.deleted_at || !stillRelates(token, before)) throw expired();
  if (isBanned(before, context.now())) throw new AuthError(403, 'user_banned', 'User is banned');
  if (!(await deleteToken(tx, token.id))) throw expired();
  if (token.token_type.startsWith('email_change') && needsOther(context, before)) {
    await updateUser(tx, before.id, { email_change_confirm_status: 1 });
    return { kind: 'half confirmed' };
  }
  return { kind: 'signed in', before, user: await act(context, tx, token, before, ip) };
}

async function act(
  context: AuthContext,
  tx: Session,
  token: RedeemedToken,
  user: UserRow,
  ip: string,
): Promise<UserRow> {
  if (token.token_type === 'phone_change_token') {
    await audit(tx, user, 'user_modified', { ip });
    return confirmPhoneChange(context, tx, user);
  }
  if (token.token_type.startsWith('email_change')) {
    await audit(tx, user, 'user_modified', { ip });
    return confirmEmailChange(context, tx, user);
  }
  const provider = token.relates_to === user.phone ? 'phone' : 'email';
  const confirmed = provider === 'phone' ? user.phone_confirmed_at : user.email_confirmed_at;
  await audit(tx, user, confirmed ? 'login' : 'user_signedup', { ip, traits: { provider } });
  if (!confirmed) return provider === 'phone' ? confirmPhone(context, tx, user) : confirmEmail(context, tx, user);
  await deleteTokensOf(tx, user.id);
  return user;
}

/** A token was sent to an address; it is worth nothing when the user has or wants another one now. */
function stillRelates({ token_type, relates_to }: RedeemedToken, user: UserRow): boolean {
  if (token_type === 'email_change_token_new') return relates_to === user.email_change?.toLowerCase();
  if (token_type === 'phone_change_token') return relates_to === user.phone_change;
  const isEmail = relates_to === user.email?.toLowerCase();
  if (token_type === 'email_change_token_current') return isEmail && Boolean(user.email_change);
  return isEmail || relates_to === user.phone;
}

function needsOther({ settings }: AuthContext, user: UserRow): boolean {
  const { enableConfirmations, doubleConfirmChanges } = settings.email;
  return enableConfirmations && doubleConfirmChanges && Boolean(user.email) && user.email_change_confirm_status === 0;
}
