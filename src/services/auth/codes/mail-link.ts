import type { AuthContext } from '../context.ts';

/** What verify calls a link of a mail. */
export type LinkType = 'signup' | 'invite' | 'recovery' | 'magiclink' | 'email_change';

/** {{ .ConfirmationURL }}: opens /verify, which signs in and leads to `redirectTo`. */
export function verifyLink(
  context: AuthContext,
  link: { readonly type: LinkType; readonly tokenHash: string; readonly redirectTo: string },
): string {
  const query = new URLSearchParams({ token: link.tokenHash, type: link.type, redirect_to: link.redirectTo });
  return `${context.settings.externalUrl()}/verify?${query}`;
}
