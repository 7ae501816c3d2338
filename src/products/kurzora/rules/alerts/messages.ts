import type { AlertPerson } from './judge.ts';
import { alertTexts } from './texts.ts';

/** A row of trading_signals with its numbers as numbers. */
export interface AlertSignal {
  readonly id: string;
  readonly ticker: string;
  readonly company_name: string | null;
  readonly signal_type: string;
  readonly signal_strength: string;
  readonly confidence_score: number;
  readonly final_score: number;
  readonly signals: unknown;
  readonly current_price: number;
  readonly price_change_percent: number | null;
  readonly entry_price: number;
  readonly stop_loss: number;
  readonly take_profit: number;
  readonly risk_reward_ratio: number;
  readonly status: string;
  readonly source: string;
  readonly created_at: Date;
}

export interface AlertLinks {
  readonly signal: string;
  /** Signed, and the person's own. */
  readonly unsubscribe: string;
}

export interface Worded {
  readonly subject: string;
  readonly content: string;
  readonly metadata: Record<string, unknown>;
}

type Line = readonly [label: string, value: string];

/** A mail: HTML, with the same as plain text in `metadata.text`. */
export function alertMail(signal: AlertSignal, person: AlertPerson, links: AlertLinks): Worded {
  const texts = alertTexts(person.language);
  const lines = linesOf(signal, person);
  const notes = notesOf(signal, person);
  const rows = lines.map(
    ([label, value]) => `<tr><td>${escapeHtml(label)}</td><td dir="ltr"><b>${escapeHtml(value)}</b></td></tr>`,
  );
  const html = [
    `<!doctype html><html lang="${escapeHtml(person.language)}" dir="${texts.direction}"><meta charset="utf-8"><body style="font-family:sans-serif">`,
    `<h2>${escapeHtml(titleOf(signal))}</h2>`,
    ...notes.map((note) => `<p><b>${escapeHtml(note)}</b></p>`),
    `<table cellpadding="4">${rows.join('')}</table>`,
    `<p><a href="${escapeHtml(links.signal)}">${escapeHtml(texts.open)}</a></p>`,
    `<p><small>${escapeHtml(texts.risk)}<br><a href="${escapeHtml(links.unsubscribe)}">${escapeHtml(texts.unsubscribe)}</a></small></p></body></html>`,
  ];
  const text = [
    titleOf(signal),
    ...notes,
    ...lines.map((line) => line.join(': ')),
    '',
    links.signal,
    '',
    texts.risk,
    `${texts.unsubscribe}: ${links.unsubscribe}`,
  ];
  return {
    subject: `${texts.alert}: ${signal.ticker}, ${texts.score} ${signal.final_score}`,
    content: html.join('\n'),
    metadata: { text: text.join('\n'), unsubscribe: links.unsubscribe },
  };
}

/** Several signals in one mail, best first. */
export function digestMail(signals: readonly AlertSignal[], person: AlertPerson, links: AlertLinks): Worded {
  const texts = alertTexts(person.language);
  const best = signals.toSorted((a, b) => b.final_score - a.final_score);
  const simulated = best.some(({ source }) => source === 'simulated') ? [texts.simulated] : [];
  const lineOf = (signal: AlertSignal) => {
    const levels = linesOf(signal, person).slice(2, 5);
    const ended = signal.status === 'active' ? [] : [texts.ended];
    return [titleOf(signal), ...levels.map((line) => line.join(' ')), ...ended].join(' · ');
  };
  const html = [
    `<!doctype html><html lang="${escapeHtml(person.language)}" dir="${texts.direction}"><meta charset="utf-8"><body style="font-family:sans-serif">`,
    `<h2>${escapeHtml(texts.digest)}</h2>`,
    ...simulated.map((note) => `<p><b>${escapeHtml(note)}</b></p>`),
    `<ul>${best.map((signal) => `<li>${escapeHtml(lineOf(signal))}</li>`).join('\n')}</ul>`,
    `<p><small>${escapeHtml(texts.risk)}<br><a href="${escapeHtml(links.unsubscribe)}">${escapeHtml(texts.unsubscribe)}</a></small></p></body></html>`,
  ];
  const text = [...simulated, ...best.map(lineOf), '', texts.risk, `${texts.unsubscribe}: ${links.unsubscribe}`];
  return {
    subject: `${texts.digest}: ${best.length}`,
    content: html.join('\n'),
    metadata: { text: text.join('\n'), unsubscribe: links.unsubscribe },
  };
}

/** A chat message in Telegram's HTML with the buttons that the bot knows. */
export function alertTelegram(signal: AlertSignal, person: AlertPerson): Worded {
  const lines = linesOf(signal, person).map(([label, value]) => `${escapeHtml(label)}: <b>${escapeHtml(value)}</b>`);
  const notes = notesOf(signal, person).map((note) => `<i>${escapeHtml(note)}</i>`);
  const { ticker, entry_price: entry, final_score: score } = signal;
  return {
    subject: titleOf(signal),
    content: [`<b>${escapeHtml(titleOf(signal))}</b>`, ...notes, ...lines].join('\n'),
    metadata: {
      buttons: [
        [
          { text: '📈', callback_data: `view_chart:${ticker}` },
          { text: '📝', callback_data: `paper_trade:${ticker}:${entry}` },
          { text: '🔔', callback_data: `set_alert:${ticker}:${score}` },
        ],
      ],
    },
  };
}

/** What the page's service worker shows; `tag` makes a repeat replace the first. */
export function alertPush(signal: AlertSignal, person: AlertPerson, links: AlertLinks): Worded {
  const body = linesOf(signal, person)
    .slice(0, 5)
    .map((line) => line.join(' '))
    .join(' · ');
  const shown = { title: titleOf(signal), body, tag: `signal:${signal.id}`, url: links.signal };
  return { subject: shown.title, content: JSON.stringify(shown), metadata: {} };
}

export interface MakeFacts {
  /** What the receiver is to send: false where we send it ourselves. */
  readonly email: boolean;
  readonly telegram: boolean;
  readonly number: number;
  readonly limit: number | null;
  readonly index: number;
  readonly total: number;
  readonly now: number;
}

/** The payload of the Make.com scenario, field by field; kurzora.md 7. */
export function makePayload(signal: AlertSignal, person: AlertPerson, facts: MakeFacts): Worded {
  const payload = {
    email: person.email,
    name: person.name,
    user_id: person.id,
    subscription_tier: person.subscription_tier,
    ticker: signal.ticker,
    signal_type: signal.signal_type,
    confidence_score: signal.confidence_score,
    signals: signal.signals,
    current_price: signal.current_price,
    entry_price: signal.entry_price,
    price_change_percent: signal.price_change_percent,
    stop_loss: signal.stop_loss,
    take_profit: signal.take_profit,
    risk_reward_ratio: signal.risk_reward_ratio,
    final_score: signal.final_score,
    status: signal.status,
    created_at: signal.created_at.toISOString(),
    signal_stock: signal.ticker,
    signal_score: signal.final_score,
    signal_price: signal.current_price,
    is_starter: person.subscription_tier === 'starter',
    is_professional: person.subscription_tier === 'professional',
    email_enabled: facts.email,
    telegram_enabled: facts.telegram,
    telegram_chat_id: person.telegram_chat_id,
    daily_alert_number: facts.number,
    daily_alert_limit: facts.limit,
    user_index: facts.index,
    total_users: facts.total,
    timestamp: new Date(facts.now).toISOString(),
  };
  return { subject: titleOf(signal), content: JSON.stringify(payload), metadata: {} };
}

export const titleOf = ({ ticker, company_name: company, final_score: score }: AlertSignal): string =>
  `${ticker}${company ? ` (${company})` : ''}: ${score}/100`;

function linesOf(signal: AlertSignal, { language }: AlertPerson): Line[] {
  const texts = alertTexts(language);
  const price = (value: number) => `$${value.toFixed(2)}`;
  return [
    [texts.score, `${signal.final_score}/100`],
    [texts.strength, signal.signal_strength],
    [texts.entry, price(signal.entry_price)],
    [texts.stop, price(signal.stop_loss)],
    [texts.target, price(signal.take_profit)],
    [texts.ratio, signal.risk_reward_ratio.toFixed(2)],
    [texts.price, price(signal.current_price)],
  ];
}

function notesOf(signal: AlertSignal, { language }: AlertPerson): string[] {
  const texts = alertTexts(language);
  return [
    ...(signal.source === 'simulated' ? [texts.simulated] : []),
    ...(signal.status === 'active' ? [] : [texts.ended]),
  ];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
