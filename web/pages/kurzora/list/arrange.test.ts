import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignalSummary } from '#products/kurzora/contract.ts';
import { arrange, readView, viewAddress } from './arrange.ts';

const signal = (ticker: string, finalScore: number, priceChangePercent: number | null = 0) =>
  ({
    id: ticker,
    ticker,
    companyName: `${ticker} Bank`,
    sector: finalScore > 80 ? 'Energy' : null,
    signalType: 'bullish',
    finalScore,
    priceChangePercent,
  }) as unknown as SignalSummary;

const tickers = (signals: SignalSummary[]) => signals.map((each) => each.ticker).join(' ');
const signals = [signal('B', 70, null), signal('A', 70, -1), signal('C', 90, 2)];

test('an address and its view are each other, and defaults leave no trace', () => {
  const address =
    '/signals?min=80&sector=Energy&type=bullish&market=usa&shariah=compliant&saved=yes&q=ba+nk&sort=change&order=asc&rows=200';
  assert.equal(viewAddress(readView(new URLSearchParams(address.slice(address.indexOf('?'))))), address);
  assert.equal(viewAddress(readView(new URLSearchParams())), '/signals');
});

test('an address that somebody bent still gives a view', () => {
  const view = readView(new URLSearchParams('min=999&sort=constructor&order=up&rows=-5'));
  assert.deepEqual([view.minScore, view.sort, view.order, view.rows], [0, 'score', 'descending', 50]);
});

test('equal scores stand by ticker, and the best comes first', () => {
  assert.equal(tickers(arrange(signals, readView(new URLSearchParams()))), 'C A B');
});

test('a missing value stands last in both directions', () => {
  assert.equal(tickers(arrange(signals, readView(new URLSearchParams('sort=change')))), 'C A B');
  assert.equal(tickers(arrange(signals, readView(new URLSearchParams('sort=change&order=asc')))), 'A C B');
});

test('filters narrow together and the search reads ticker and company', () => {
  assert.equal(tickers(arrange(signals, readView(new URLSearchParams('min=70&q=b%20bank')))), 'B');
  assert.equal(tickers(arrange(signals, readView(new URLSearchParams('sector=Energy&q=bank')))), 'C');
  assert.equal(tickers(arrange(signals, readView(new URLSearchParams('type=bearish')))), '');
});

test('a stock that nobody screened does not pass as compliant, and bookmarks are the reader’s', () => {
  const screened = [true, false, null].map((isShariahCompliant, at) => {
    return { ...signal('XYZ'[at]!, 70), isShariahCompliant };
  });
  assert.equal(tickers(arrange(screened, readView(new URLSearchParams('shariah=compliant')))), 'X');
  const saved = readView(new URLSearchParams('saved=yes'));
  assert.equal(tickers(arrange(screened, saved, new Set(['Z']))), 'Z');
  assert.equal(tickers(arrange(screened, saved)), '');
});
