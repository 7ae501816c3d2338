import { alertTexts } from './texts.ts';

export interface AlertLinks {
  /** The page that the mail is about. */
  readonly signal: string;
  /** Signed, and the person's own. */
  readonly unsubscribe: string;
  /** The same for mail programs, which end it with one POST (RFC 8058). */
  readonly oneClick: string;
}

export interface Worded {
  readonly subject: string;
  readonly content: string;
  readonly metadata: Record<string, unknown>;
}

/** A label and its value; the value reads left to right in every language. */
export type Line = readonly [label: string, value: string];

export interface MailParts {
  readonly subject: string;
  readonly heading: string;
  /** Sentences in bold above the rest. */
  readonly notes: readonly string[];
  readonly lines: readonly Line[];
  /** Sentences of a list below the lines. */
  readonly items?: readonly string[];
  /** Words of the link to the page; none where the mail is about several. */
  readonly open?: string;
}

/** A mail of the product: HTML, with the same as plain text in `metadata.text`, and the way to have no more of them. */
export function framedMail(parts: MailParts, language: string, links: AlertLinks): Worded {
  const texts = alertTexts(language);
  const { subject, heading, notes, lines, items = [], open } = parts;
  const rows = lines.map(
    ([label, value]) => `<tr><td>${escapeHtml(label)}</td><td dir="ltr"><b>${escapeHtml(value)}</b></td></tr>`,
  );
  const html = [
    `<!doctype html><html lang="${escapeHtml(language)}" dir="${texts.direction}"><meta charset="utf-8"><body style="font-family:sans-serif">`,
    `<h2>${escapeHtml(heading)}</h2>`,
    ...notes.map((note) => `<p><b>${escapeHtml(note)}</b></p>`),
    ...(rows.length > 0 ? [`<table cellpadding="4">${rows.join('')}</table>`] : []),
    ...(items.length > 0 ? [`<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}</ul>`] : []),
    ...(open ? [`<p><a href="${escapeHtml(links.signal)}">${escapeHtml(open)}</a></p>`] : []),
    `<p><small>${escapeHtml(texts.risk)}<br><a href="${escapeHtml(links.unsubscribe)}">${escapeHtml(texts.unsubscribe)}</a></small></p></body></html>`,
  ];
  const text = [
    heading,
    ...notes,
    ...lines.map((line) => line.join(': ')),
    ...items,
    '',
    ...(open ? [links.signal, ''] : []),
    texts.risk,
    `${texts.unsubscribe}: ${links.unsubscribe}`,
  ];
  return { subject, content: html.join('\n'), metadata: { text: text.join('\n'), unsubscribe: links.oneClick } };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Dollars in Latin digits, with a sign where it is a gain or loss. */
export const dollars = (value: number): string => `$${value.toFixed(2)}`;
export const gained = (value: number): string => `${value < 0 ? '−' : '+'}$${Math.abs(value).toFixed(2)}`;
