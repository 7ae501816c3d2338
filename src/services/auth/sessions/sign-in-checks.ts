import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import { isBanned, type UserRow } from '../store/users.ts';

/** Throws user_banned (400). */
export function assertNotBanned(context: AuthContext, user: UserRow): void {
  if (isBanned(user, context.now())) throw new AuthError(400, 'user_banned', 'User is banned');
}

/** Throws email_not_confirmed or phone_not_confirmed (400). */
export function assertConfirmed(user: UserRow, kind: 'email' | 'phone'): void {
  if (kind === 'email' && !user.email_confirmed_at)
    throw new AuthError(400, 'email_not_confirmed', 'Email not confirmed');
  if (kind === 'phone' && !user.phone_confirmed_at)
    throw new AuthError(400, 'phone_not_confirmed', 'Phone not confirmed');
}
