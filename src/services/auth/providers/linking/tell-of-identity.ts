import type { AuthContext } from '../../context.ts';
import type { UserRow } from '../../store/users.ts';

/** After commit: tells the account's address that somebody can, or can no longer, sign in by this provider, where the project wants it. */
export function tellOfIdentity(
  context: AuthContext,
  kind: 'identity_linked' | 'identity_unlinked',
  user: UserRow,
  provider: string,
): void {
  const to = user.email;
  if (!to) return;
  const send = () => context.outbox.mail({ kind, to, user, fields: { Provider: provider } });
  context.outbox.later('say that an identity came or went', send);
}
