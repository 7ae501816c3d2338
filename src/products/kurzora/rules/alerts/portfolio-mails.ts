import type { AlertPerson } from './judge.ts';
import { type AlertLinks, dollars, framedMail, gained, type Worded } from './mail-frame.ts';
import { alertTexts } from './texts.ts';

/** An account between two recorded closes. */
export interface PortfolioSpan {
  /** Of the last recorded close: `2026-11-20`. */
  readonly date: string;
  readonly value: number;
  /** Since the summary before, or the close that stands for it; null where the account is younger. */
  readonly change: number | null;
  readonly cash: number;
  readonly open: number;
  readonly closed: number;
}

export function summaryMail(span: PortfolioSpan, { language }: AlertPerson, links: AlertLinks): Worded {
  const texts = alertTexts(language);
  const parts = {
    subject: `${texts.summary}: ${span.date}`,
    heading: `${texts.summary}: ${span.date}`,
    notes: [],
    lines: [
      [texts.value, dollars(span.value)],
      ...(span.change === null ? [] : [[texts.change, gained(span.change)] as const]),
      [texts.cash, dollars(span.cash)],
      [texts.positions, String(span.open)],
      [texts.closedTrades, String(span.closed)],
    ] as const,
    open: texts.openPositions,
  };
  return framedMail(parts, language, links);
}

/** The account fell below its highest value by more than the alarm. */
export function drawdownTitle(percent: number, language: string): string {
  return alertTexts(language).drawdown.replace('{percent}', `${percent.toFixed(1)} %`);
}

export function drawdownMail(percent: number, { language }: AlertPerson, links: AlertLinks): Worded {
  const title = drawdownTitle(percent, language);
  const open = alertTexts(language).openPositions;
  return framedMail({ subject: title, heading: title, notes: [], lines: [], open }, language, links);
}
