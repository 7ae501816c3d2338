import { escapeHtml } from '../template/functions.ts';
import type { InboxMessage } from './inbox-messages.ts';

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1.5rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}td,th{text-align:start;padding:.4rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}
th{font-weight:600;color:#555}td.time{white-space:nowrap;font-variant-numeric:tabular-nums;color:#555}a{color:#0a58ca}
@media (prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}td,th{border-color:#333}th,td.time{color:#aaa}a{color:#7db0ff}}`;

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>${body}</body></html>`;

/** `base`: the path under which the inbox is mounted. */
export function inboxPage(messages: readonly InboxMessage[], base: string): string {
  const rows = messages.map((message) => {
    const words = message.channel === 'sms' ? message.body : message.subject;
    return `<tr><td class="time">${message.created_at.toISOString().replace('T', ' ').slice(0, 19)}</td><td>${escapeHtml(message.recipient)}</td><td>${escapeHtml(message.kind)}</td><td><a href="${escapeHtml(base)}/messages/${message.id}">${escapeHtml(words || '(no subject)')}</a></td></tr>`;
  });
  const body =
    rows.length === 0
      ? '<p>Nothing has been sent yet.</p>'
      : `<table><thead><tr><th>Time (UTC)</th><th>To</th><th>Kind</th><th>Message</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return page('Inbox', `<h1>Inbox</h1><p>Mail and text messages that this project would have sent.</p>${body}`);
}

/** A mail as its reader sees it; its links work. */
export function messagePage(message: InboxMessage): string {
  return message.channel === 'email'
    ? `<!doctype html><meta charset="utf-8"><title>${escapeHtml(message.subject)}</title>${message.body}`
    : page(
        `SMS to ${message.recipient}`,
        `<h1>${escapeHtml(message.recipient)}</h1><p>${escapeHtml(message.body)}</p>`,
      );
}
