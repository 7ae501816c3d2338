import { basename } from 'node:path';
import { OperatorError } from '#kernel/errors.ts';
import type { SessionTable } from '../aggregation/sessions.ts';
import type { StoredTimeframe } from '../aggregation/timeframes.ts';
import type { NewBars } from '../store/write-bars.ts';
import { Rejections } from '../validate.ts';
import { sortByTime, withoutStrays } from './clean.ts';
import { BarCollector } from './collector.ts';
import { readHeader, symbolOfFileName } from './header.ts';
import { openTextFile } from './lines.ts';
import { intradayTimeframe } from './timeframe-of.ts';

export interface FileOfBars {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly timeframe: StoredTimeframe;
  /** Each symbol once, bars ascending, each time once. */
  readonly list: readonly NewBars[];
  /** Data lines of the file. */
  readonly read: number;
  readonly rejections: Rejections;
}

export interface ReadOptions {
  /** The symbol of a file without a symbol column, when its name does not say it. */
  readonly symbol?: string;
  readonly onProgress?: (bytes: number, total: number) => void;
}

/**
 * Reads and checks a whole file of bars, 48 bytes a bar in memory. What is wrong with single lines is in `rejections`; what is wrong with
 * the file throws an OperatorError.
 */
export async function readFileOfBars(path: string, sessions: SessionTable, options: ReadOptions): Promise<FileOfBars> {
  const name = basename(path);
  const file = await openTextFile(path, options.onProgress);
  const rejections = new Rejections();
  let collector: BarCollector | undefined;
  let line = 0;
  for await (const batch of file.lines)
    for (const text of batch) {
      line += 1;
      if (collector) collector.take(text, line);
      else collector = startCollector(text, path, sessions, rejections, options.symbol);
    }
  if (!collector || collector.read === 0) throw new OperatorError(`${path} holds no bars`);
  refuseOtherMarkets(path, collector, rejections);
  const { timeframe, list } = finish(path, collector, sessions, rejections);
  return { name, bytes: file.bytes, sha256: file.sha256(), timeframe, list, read: collector.read, rejections };
}

function startCollector(
  header: string,
  path: string,
  sessions: SessionTable,
  rejections: Rejections,
  given: string | undefined,
): BarCollector {
  const columns = readHeader(header, path);
  const symbol = columns.symbol >= 0 ? null : (given ?? symbolOfFileName(basename(path)));
  if (columns.symbol < 0 && symbol === null)
    throw new OperatorError(`${path} has no symbol column, and its name does not begin with a symbol`, {
      remedy: 'Give the symbol with --symbol, or name the file like spy_daily.csv.',
    });
  return new BarCollector(columns, symbol, sessions, rejections);
}

/** A market that trades at weekends or around the clock has no sessions of ours: said once, instead of refusing a third of its bars. */
function refuseOtherMarkets(path: string, collector: BarCollector, rejections: Rejections): void {
  const closed = rejections.count('closed day');
  if (closed < 50 || closed < collector.read * 0.1) return;
  throw new OperatorError(
    `${path}: ${closed} of ${collector.read} bars lie on days when the New York exchange was closed; markets that trade around the clock are not supported`,
    { remedy: 'Import bars of US stocks, stamped with their start in New York time.' },
  );
}

function finish(path: string, collector: BarCollector, sessions: SessionTable, rejections: Rejections) {
  if (collector.symbols.size === 0) throw nothingLeft(path, collector, rejections);
  const sorted = [...collector.symbols].map(([symbol, lines]) => [symbol, sortByTime(lines)] as const);
  const timeframe = collector.daily
    ? '1D'
    : intradayTimeframe(
        sorted.map(([, lines]) => lines),
        sessions,
        path,
      );
  const list = sorted.map(([symbol, lines]) => ({
    symbol,
    timeframe,
    bars: withoutStrays(symbol, lines, timeframe, sessions, rejections),
  }));
  return { timeframe, list: list.filter(({ bars }) => bars.length > 0) };
}

function nothingLeft(path: string, collector: BarCollector, rejections: Rejections): OperatorError {
  const reasons = Object.entries(rejections.counts).map(([fault, count]) => `${count} ${fault}`);
  return new OperatorError(
    `${path}: none of its ${collector.read} lines is a bar we can store (${reasons.join(', ')}):\n  ${rejections.firstLines.slice(0, 5).join('\n  ')}`,
  );
}
