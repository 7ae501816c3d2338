import { escapeHtml } from './alerts/mail-frame.ts';
import type { Language } from './languages.ts';

interface Texts {
  readonly subject: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly ignore: string;
  readonly asked: string;
  readonly begun: string;
  readonly ended: string;
}

const TEXTS: Readonly<Record<Language, Texts>> = {
  en: {
    subject: 'Confirm the Kurzora newsletter',
    question: 'Somebody, we hope you, asked for our newsletter at this address.',
    yes: 'Send me the newsletter',
    no: 'Never write to me again',
    ignore: 'If it was not you, do nothing: no mail will come.',
    asked: 'If this address does not have the newsletter yet, a mail is on its way to confirm it.',
    begun: 'Thank you. The newsletter will come.',
    ended: 'Done. We will not write to you again.',
  },
  de: {
    subject: 'Bestätige den Kurzora-Newsletter',
    question: 'Jemand, hoffentlich du, hat für diese Adresse unseren Newsletter bestellt.',
    yes: 'Ja, schickt mir den Newsletter',
    no: 'Schreibt mir nie wieder',
    ignore: 'Warst du es nicht, tu einfach nichts: Es kommt keine Post.',
    asked: 'Falls diese Adresse den Newsletter noch nicht hat, ist eine Mail zur Bestätigung unterwegs.',
    begun: 'Danke. Der Newsletter wird kommen.',
    ended: 'Erledigt. Wir schreiben dir nicht mehr.',
  },
  ar: {
    subject: 'أكّد الاشتراك في نشرة كورزورا',
    question: 'طلب أحدهم، ونرجو أن تكون أنت، نشرتنا البريدية لهذا العنوان.',
    yes: 'أرسلوا إليّ النشرة',
    no: 'لا تراسلوني بعد الآن',
    ignore: 'إن لم تكن أنت فلا تفعل شيئًا: لن تصلك أي رسالة.',
    asked: 'إن لم يكن هذا العنوان مشتركًا بعد فستصله رسالة لتأكيد الاشتراك.',
    begun: 'شكرًا. ستصلك النشرة.',
    ended: 'تم. لن نراسلك بعد الآن.',
  },
};

export function newsletterTexts(language: Language): Texts {
  return TEXTS[language];
}

/** The mail that asks whether the address wants the newsletter. */
export function newsletterMail(language: Language, links: { readonly confirm: string; readonly end: string }) {
  const { subject, question, yes, no, ignore } = TEXTS[language];
  const content = [
    `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8"><body style="font-family:sans-serif">`,
    `<p>${escapeHtml(question)}</p><p><a href="${escapeHtml(links.confirm)}">${escapeHtml(yes)}</a></p>`,
    `<p>${escapeHtml(ignore)}</p><p><small><a href="${escapeHtml(links.end)}">${escapeHtml(no)}</a></small></p></body></html>`,
  ].join('\n');
  const text = [question, '', `${yes}: ${links.confirm}`, '', ignore, `${no}: ${links.end}`].join('\n');
  return { subject, content, metadata: { text, unsubscribe: links.end } };
}
