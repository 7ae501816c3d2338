import type { AuthSettings } from '../../settings/settings.ts';
import type { AuthMail } from '../outbox.ts';
import { TemplateError } from '../template/parse.ts';
import { renderHtml, renderText, type TemplateData } from '../template/render.ts';
import { defaultMail } from './default-mails.ts';
import { languageOf } from './language.ts';

export interface RenderedMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** The project's own template could not be read, and the default was taken. */
  readonly fault?: string;
}

/** The mail by the project's template for its kind, else by ours in the user's language. */
export function renderMail(settings: AuthSettings, mail: AuthMail): RenderedMail {
  const own = settings.email.templates[mail.kind] ?? settings.email.notifications[mail.kind];
  const standard = defaultMail(mail.kind, languageOf(mail.user));
  const data = templateData(settings, mail);
  try {
    return rendered(own?.subject || standard.subject, own?.content || standard.content, data);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { ...rendered(standard.subject, standard.content, data), fault: error.message };
  }
}

function rendered(subject: string, content: string, data: TemplateData): RenderedMail {
  const html = renderHtml(content, data);
  return { subject: renderText(subject, data).replace(/\s+/g, ' ').trim(), html, text: plainText(html) };
}

/** The variables that GoTrue gives its templates; a variable of another kind of mail is empty. */
function templateData(settings: AuthSettings, mail: AuthMail): TemplateData {
  return {
    ...mail.fields,
    SiteURL: settings.siteUrl,
    ConfirmationURL: mail.confirmationUrl ?? '',
    Token: mail.token ?? '',
    TokenHash: mail.tokenHash ?? '',
    Email: mail.user.email ?? '',
    NewEmail: mail.newEmail ?? '',
    Phone: mail.user.phone ?? '',
    SendingTo: mail.to,
    Data: mail.user.raw_user_meta_data ?? {},
    RedirectTo: mail.redirectTo ?? '',
  };
}

/** For readers without HTML: links behind their words, a line for each block. */
export function plainText(html: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ', apos: "'" };
  return html
    .replace(/<(style|script|head|title)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/<a\b[^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi, (_, href: string, words: string) => `${words}: ${href}`)
    .replace(/<br\s*\/?>|<\/(p|h\d|div|tr|li)>/gi, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(/&(?:#(\d+)|(\w+));/g, (whole, code: string | undefined, name: string | undefined) =>
      code ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : (entities[name ?? ''] ?? whole),
    )
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
