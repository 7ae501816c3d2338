import type { MailKind } from '../outbox.ts';
import type { Language } from './language.ts';
import { ar } from './texts/ar.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { ky } from './texts/ky.ts';
import { ru } from './texts/ru.ts';

/** What a mail says. Sentences may use the template's variables; `action` is the word on the link, absent where there is none. */
export interface MailText {
  readonly subject: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly action?: string;
}

export interface MailTexts {
  readonly direction: 'ltr' | 'rtl';
  /** Comes before the code, where there is a link as well. */
  readonly orCode: string;
  /** Comes last in mails with a code. */
  readonly notYou: string;
  /** Comes last in notices. */
  readonly notYouNotice: string;
  readonly mails: Readonly<Record<MailKind, MailText>>;
}

const TEXTS: Readonly<Record<Language, MailTexts>> = { en, de, ar, ru, ky };

/** Subject and content, as templates, of a project that has none of its own. */
export function defaultMail(kind: MailKind, language: Language): { subject: string; content: string } {
  const { direction, orCode, notYou, notYouNotice, mails } = TEXTS[language];
  const { subject, title, lines, action } = mails[kind];
  const code = '<p style="font-size:24px;letter-spacing:4px;font-family:monospace" dir="ltr">{{ .Token }}</p>';
  const parts = [
    `<h2>${title}</h2>`,
    ...lines.map((line) => `<p>${line}</p>`),
    ...(action ? [`<p><a href="{{ .ConfirmationURL }}">${action}</a></p>`, `<p>${orCode}</p>`, code] : []),
    ...(kind === 'reauthentication' ? [code] : []),
    `<p style="color:#666">${action || kind === 'reauthentication' ? notYou : notYouNotice}</p>`,
  ];
  return { subject, content: `<div dir="${direction}" lang="${language}">\n${parts.join('\n')}\n</div>` };
}
