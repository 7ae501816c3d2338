import type { AuthContext } from '../context.ts';

/** What verify calls a link of a mail. */
export type LinkType = 'signup' | 'invite' | 'recovery' | 'magiclink' | 'email_change';

/** {{ .ConfirmationURL }}: opens /verify, which signs in and leads to `redirectTo`. */
export function verifyLink(
  context: AuthContext,
  link: { readonly type: LinkType; readonly tokenHash: string; readonly redirectTo: string },
): string {
  const query = new URLSearchParams({ token: link.tokenHash, type: link.type });
  return `${context.settings.externalUrl()}/verify?${query}&redirect_to=${asGoTrueWrites(link.redirectTo)}`;
}

/** Encoded only where the link would break otherwise: clients look for the address as they gave it. */
const asGoTrueWrites = (url: string): string => (/[&=#+\s"'<>%]/.test(url) ? encodeURIComponent(url) : url);
