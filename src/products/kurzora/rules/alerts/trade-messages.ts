import type { AlertPerson } from './judge.ts';
import { type AlertLinks, dollars, escapeHtml, framedMail, gained, type Line, type Worded } from './mail-frame.ts';
import { alertTexts } from './texts.ts';

/** A paper trade that stop or target closed. */
export interface ClosedTrade {
  readonly id: string;
  readonly ticker: string;
  readonly company_name: string | null;
  readonly quantity: number;
  readonly entry_price: number;
  readonly exit_price: number;
  readonly exit_reason: 'stop_loss' | 'take_profit';
  readonly profit_loss: number;
  /** Its signal came from invented prices. */
  readonly simulated: boolean;
}

export function tradeTitle({ ticker, exit_reason: reason }: ClosedTrade, language: string): string {
  const texts = alertTexts(language);
  return (reason === 'take_profit' ? texts.targetReached : texts.stopReached).replace('{ticker}', ticker);
}

export function tradeMail(trade: ClosedTrade, { language }: AlertPerson, links: AlertLinks): Worded {
  const title = tradeTitle(trade, language);
  const texts = alertTexts(language);
  const heading = trade.company_name ? `${title} (${trade.company_name})` : title;
  const notes = trade.simulated ? [texts.simulated] : [];
  const lines = linesOf(trade, language);
  return framedMail({ subject: title, heading, notes, lines, open: texts.openPositions }, language, links);
}

export function tradeTelegram(trade: ClosedTrade, { language }: AlertPerson): Worded {
  const title = tradeTitle(trade, language);
  const notes = trade.simulated ? [`<i>${escapeHtml(alertTexts(language).simulated)}</i>`] : [];
  const lines = linesOf(trade, language).map(([label, value]) => `${escapeHtml(label)}: <b>${escapeHtml(value)}</b>`);
  return { subject: title, content: [`<b>${escapeHtml(title)}</b>`, ...notes, ...lines].join('\n'), metadata: {} };
}

/** What the service worker shows. */
export function tradePush(trade: ClosedTrade, { language }: AlertPerson, url: string): Worded {
  const title = tradeTitle(trade, language);
  const body = linesOf(trade, language)
    .map((line) => line.join(' '))
    .join(' · ');
  return { subject: title, content: JSON.stringify({ title, body, tag: `trade:${trade.id}`, url }), metadata: {} };
}

function linesOf(trade: ClosedTrade, language: string): Line[] {
  const texts = alertTexts(language);
  return [
    [texts.shares, String(trade.quantity)],
    [texts.entry, dollars(trade.entry_price)],
    [texts.closedAt, dollars(trade.exit_price)],
    [texts.result, gained(trade.profit_loss)],
  ];
}
