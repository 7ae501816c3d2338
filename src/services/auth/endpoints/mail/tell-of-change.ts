import type { Acted } from '../../codes/act-on-token.ts';
import type { AuthContext } from '../../context.ts';

/** After commit: tells the address that an account had that it has another one now, where the project wants such notices. */
export function tellOfChange(context: AuthContext, acted: Acted): void {
  if (acted.kind !== 'signed in' || !acted.before.email) return;
  const { before, user } = acted;
  const to = before.email as string;
  const notice = (kind: 'email_changed' | 'phone_changed', fields: Readonly<Record<string, string>>) =>
    context.outbox.later('say that an address changed', () => context.outbox.mail({ kind, to, user, fields }));
  if (user.email !== before.email) notice('email_changed', { OldEmail: to });
  if (user.phone !== before.phone) notice('phone_changed', { OldPhone: before.phone ?? '' });
}
