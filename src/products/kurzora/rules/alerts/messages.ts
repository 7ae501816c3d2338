import { botText } from './bot-texts.ts';
import type { AlertPerson } from './judge.ts';
import { type AlertLinks, dollars, escapeHtml, framedMail, type Line, type Worded } from './mail-frame.ts';
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

/** A mail about one signal. */
export function alertMail(signal: AlertSignal, person: AlertPerson, links: AlertLinks): Worded {
  const texts = alertTexts(person.language);
  const parts = {
    subject: `${texts.alert}: ${signal.ticker}, ${texts.score} ${signal.final_score}`,
    heading: titleOf(signal),
    notes: notesOf(signal, person),
    lines: linesOf(signal, person),
    open: texts.open,
  };
  return framedMail(parts, person.language, links);
}

/** Several signals in one mail, best first. */
export function digestMail(signals: readonly AlertSignal[], person: AlertPerson, links: AlertLinks): Worded {
  const texts = alertTexts(person.language);
  const best = signals.toSorted((a, b) => b.final_score - a.final_score);
  const itemOf = (signal: AlertSignal) => {
    const levels = linesOf(signal, person).slice(2, 5);
    const ended = signal.status === 'active' ? [] : [texts.ended];
    return [titleOf(signal), ...levels.map((line) => line.join(' ')), ...ended].join(' · ');
  };
  const parts = {
    subject: `${texts.digest}: ${best.length}`,
    heading: texts.digest,
    notes: best.some(({ source }) => source === 'simulated') ? [texts.simulated] : [],
    lines: [],
    items: best.map(itemOf),
    open: texts.openAll,
  };
  return framedMail(parts, person.language, links);
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
          { text: botText(person.language, 'chart'), callback_data: `view_chart:${ticker}` },
          { text: botText(person.language, 'trade'), callback_data: `paper_trade:${ticker}:${entry}` },
          { text: botText(person.language, 'from', { score }), callback_data: `set_alert:${ticker}:${score}` },
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

export const titleOf = ({ ticker, company_name: company, final_score: score }: AlertSignal): string =>
  `${ticker}${company ? ` (${company})` : ''}: ${score}/100`;

function linesOf(signal: AlertSignal, { language }: AlertPerson): Line[] {
  const texts = alertTexts(language);
  return [
    [texts.score, `${signal.final_score}/100`],
    [texts.strength, texts.strengths[signal.signal_strength] ?? signal.signal_strength],
    [texts.entry, dollars(signal.entry_price)],
    [texts.stop, dollars(signal.stop_loss)],
    [texts.target, dollars(signal.take_profit)],
    [texts.ratio, signal.risk_reward_ratio.toFixed(2)],
    [texts.price, dollars(signal.current_price)],
  ];
}

function notesOf(signal: AlertSignal, { language }: AlertPerson): string[] {
  const texts = alertTexts(language);
  return [
    ...(signal.source === 'simulated' ? [texts.simulated] : []),
    ...(signal.status === 'active' ? [] : [texts.ended]),
  ];
}
