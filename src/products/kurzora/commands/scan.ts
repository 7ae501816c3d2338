import { OperatorError } from '#kernel/errors.ts';
import type { Command, CommandOutput, Project } from '#kernel/product.ts';
import { refreshMarket } from '../live-scan.ts';
import { progressBars } from '../progress-bars.ts';
import { parseAsOf } from '../rules/as-of.ts';
import { type PhaseNumber, phaseOf } from '../rules/phases.ts';
import { runScan, type ScanRequest, type ScanResult } from '../scan.ts';
import type { KurzoraServices } from '../services.ts';
import { scanTable } from './scan-table.ts';

type Options = Record<string, string | boolean | undefined>;

export const scanCommand: Command<KurzoraServices> = {
  name: 'scan',
  description: 'score the universe and print its signals; without --as-of they become the live ones',
  options: [
    {
      flags: '--as-of <time>',
      description:
        'look from this moment: an instant, an exchange time, or a date (its close); prints and stores nothing unless --store',
    },
    { flags: '--tickers <list>', description: 'only these, e.g. AAPL,MSFT' },
    { flags: '--limit <n>', description: 'only the first n stocks by priority' },
    { flags: '--min-score <n>', description: 'print only signals from this score up (what is stored stays the same)' },
    { flags: '--phase <n>', description: '1: 500 stocks, 2: 1,000, 3: 6,000; default from the settings' },
    { flags: '--store', description: 'with --as-of: keep the signals as expired ones; live signals are never touched' },
    { flags: '--explain', description: 'add every stock that gave no signal, and why' },
  ],
  examples: [
    'freehold kurzora scan',
    'freehold kurzora scan --as-of 2022-06-15 --json',
    'freehold kurzora scan --as-of 2025-06-10T11:07 --tickers AAPL,SPY --explain',
  ],
  async run({ options }, { project, services, output, signal }) {
    const bars = progressBars(output);
    const common = { ...selection(options), signal, onProgress: bars.onProgress };
    const result = await scanned(options, project, services, common, output).finally(bars.done);
    if (result.report.scanned === 0) {
      if (options['asOf'] === undefined)
        throw new OperatorError('there is no stock to scan', {
          remedy: 'import bars first: freehold import bars FILE',
        });
      output.note('no bar of any stock had closed by then');
    }
    print(result, options, output);
  },
};

async function scanned(
  options: Options,
  project: Project,
  services: KurzoraServices,
  common: Pick<ScanRequest, 'phase' | 'tickers' | 'limit' | 'signal' | 'onProgress'>,
  output: CommandOutput,
): Promise<ScanResult> {
  const { asOf, store } = await momentOf(options, project, services, common, output);
  return await runScan(project, services.marketData, { ...common, asOf, store });
}

async function momentOf(
  options: Options,
  project: Project,
  { marketData }: KurzoraServices,
  common: Pick<ScanRequest, 'phase' | 'tickers' | 'signal' | 'onProgress'>,
  output: CommandOutput,
): Promise<Pick<ScanRequest, 'asOf' | 'store'>> {
  const text = options['asOf'];
  if (typeof text !== 'string') {
    if (options['store']) output.note('--store says nothing new here: a scan of now is stored anyway');
    return { asOf: await refreshMarket(project, marketData, common), store: 'live' };
  }
  const { time, note } = parseAsOf(text, marketData.calendar);
  if (note) output.note(note);
  if (time > project.now())
    throw new OperatorError(`${new Date(time).toISOString()} is in the future`, {
      remedy: 'give a moment that has passed',
    });
  // Bars that are missing up to that moment are fetched; what is newer stays out of the scan, stored or not.
  if (marketData.source !== 'files') await refreshMarket({ ...project, now: () => time }, marketData, common);
  return { asOf: time, store: options['store'] ? 'history' : 'report' };
}

function selection(options: Options): { tickers?: string[]; limit?: number; phase?: PhaseNumber } {
  const list = options['tickers'];
  const tickers = typeof list === 'string' ? new Set(list.split(',').flatMap((part) => part.trim() || [])) : null;
  if (tickers?.size === 0)
    throw new OperatorError('--tickers names no stock', { remedy: 'name them, e.g. --tickers AAPL,MSFT' });
  const phase = wholeNumber(options, 'phase', 1, 3);
  return {
    tickers: tickers ? [...tickers] : undefined,
    limit: wholeNumber(options, 'limit', 1, 1_000_000),
    phase: phaseOf(phase)?.number,
  };
}

function wholeNumber(options: Options, name: string, least: number, most: number): number | undefined {
  const text = options[name];
  if (text === undefined) return undefined;
  const value = Number(text);
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (typeof text !== 'string' || !/^\d+$/.test(text) || value < least || value > most)
    throw new OperatorError(`--${flag} is "${text}"`, { remedy: `give a whole number from ${least} to ${most}` });
  return value;
}

function print({ report, skippedStocks }: ScanResult, options: Options, output: CommandOutput): void {
  const least = wholeNumber(options, 'minScore', 0, 100) ?? 0;
  const signals = report.signals.filter(({ finalScore }) => (finalScore as number) >= least);
  const below = report.signals.length - signals.length;
  // What is scanned is always what is printed and what is counted as skipped.
  const skipped = below > 0 ? { ...report.skipped, below_min_score: below } : report.skipped;
  const shown = { ...report, skipped, signals, ...(options['explain'] ? { skippedStocks } : {}) };
  output.result(shown, () => scanTable(shown, options['explain'] ? skippedStocks : []));
}
