/**
 * Brings the store up to date from a provider. Each batch is one transaction, and what to ask for is read from the store, so that
 * a refresh that was killed goes on where it stopped.
 */
import type { Database } from '#kernel/postgres/database.ts';
import type { SessionTable } from '../aggregation/sessions.ts';
import { DAY } from '../aggregation/sessions.ts';
import { LENGTH } from '../aggregation/timeframes.ts';
import type { BaseTimeframe, Provider, SymbolBars } from '../provider.ts';
import { type Newest, newestPerSymbol } from './coverage.ts';
import { writeTail } from './tail.ts';
import { lockWrites, mergeIntoChunks, type NewBars } from './write-bars.ts';

/** How far back the first refresh goes: what a window holds (500 days; 200 bars of 4H are 100 sessions), and a margin. */
const HISTORY_DAYS = 520;
const HISTORY_SESSIONS = 104;
/** Bars gathered before they are stored. */
const BARS_A_BATCH = 150_000;
/** From this many bars a symbol on, chunks are rewritten at once; fewer go to the tail. */
const BARS_FOR_CHUNKS = 8;
/** The newest stored bar is asked for again. When an adjusted price then differs by more than this, a split changed all of history. */
const SPLIT_STEP = 0.02;
const STATEMENT_TIMEOUT_MS = 120_000;

export interface RefreshOptions {
  readonly now: number;
  readonly symbols: readonly string[];
  readonly timeframes: readonly BaseTimeframe[];
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface Refreshed {
  readonly bars: number;
  readonly symbols: number;
  /** Start of the newest bar of the symbols that were asked for, epoch ms; null when none is stored. */
  readonly newest: number | null;
}

/** Bars to store together; a symbol at most once. */
interface Batch {
  readonly timeframe: BaseTimeframe;
  readonly list: NewBars[];
  readonly symbols: Set<string>;
  bars: number;
}

const batchOf = (timeframe: BaseTimeframe, list: NewBars[] = []): Batch => ({
  timeframe,
  list,
  symbols: new Set(list.map(({ symbol }) => symbol)),
  bars: list.reduce((sum, { bars }) => sum + bars.length, 0),
});

export class Refresh {
  readonly #database: Database;
  readonly #provider: Provider;
  readonly #sessions: SessionTable;
  /** Told of each batch once it is stored; `replaced` when the symbols' older bars are gone. */
  readonly #onStored: (list: readonly NewBars[], replaced: boolean) => Promise<void>;
  readonly #touched = new Set<string>();
  #bars = 0;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(
    database: Database,
    provider: Provider,
    sessions: SessionTable,
    onStored: (list: readonly NewBars[], replaced: boolean) => Promise<void>,
  ) {
    this.#database = database;
    this.#provider = provider;
    this.#sessions = sessions;
    this.#onStored = onStored;
  }

  async run(options: RefreshOptions): Promise<Refreshed> {
    const { symbols, timeframes, onProgress } = options;
    const total = symbols.length * timeframes.length;
    let done = 0;
    const advance = (count: number) => {
      done += count;
      onProgress?.(done, total);
    };
    advance(0);
    const split = new Set<string>();
    for (const timeframe of timeframes) {
      const newest = await this.#database.asService((session) =>
        newestPerSymbol(session, this.#provider.source, timeframe, symbols, options.now),
      );
      for (const { time } of newest.values()) this.#newest = Math.max(this.#newest, time);
      for (const [from, group] of this.#groups(timeframe, newest, options)) {
        const seen = new Set<string>();
        const onSymbol = (symbol: string) => {
          if (seen.has(symbol)) return;
          seen.add(symbol);
          advance(1);
        };
        if (from < options.now) await this.#fetch(timeframe, group, from, newest, split, onSymbol, options);
        advance(group.length - seen.size);
      }
    }
    if (split.size > 0) await this.#replace([...split], options);
    const newest = Number.isFinite(this.#newest) ? Math.min(this.#newest, options.now) : null;
    return { bars: this.#bars, symbols: this.#touched.size, newest };
  }

  /** Symbols by the moment to ask from: Infinity where nothing new can have closed. */
  #groups(
    timeframe: BaseTimeframe,
    newest: Map<string, Newest>,
    { symbols, now }: RefreshOptions,
  ): Map<number, string[]> {
    const history = this.#historyStart(timeframe, now);
    const lastStart = this.#lastClosedStart(timeframe, now);
    const groups = new Map<number, string[]>();
    for (const symbol of symbols) {
      const stored = newest.get(symbol)?.time ?? Number.NEGATIVE_INFINITY;
      const from = stored >= lastStart ? Number.POSITIVE_INFINITY : Math.max(stored, history);
      const group = groups.get(from);
      if (group) group.push(symbol);
      else groups.set(from, [symbol]);
    }
    return groups;
  }

  #historyStart(timeframe: BaseTimeframe, now: number): number {
    const sessions = this.#sessions;
    const today = sessions.lastOpened(now);
    const first = timeframe === '1D' ? sessions.lastOpened(now - HISTORY_DAYS * DAY) : today - HISTORY_SESSIONS;
    return sessions.open[Math.max(first, 0)]!;
  }

  /** Start of the newest bar that has closed by now. */
  #lastClosedStart(timeframe: BaseTimeframe, now: number): number {
    const sessions = this.#sessions;
    let session = sessions.lastOpened(now);
    const length = LENGTH[timeframe];
    const closed = (index: number) => Math.min(now, sessions.close[index]!) - sessions.open[index]!;
    const needed = (index: number) => Math.min(length, sessions.close[index]! - sessions.open[index]!);
    if (closed(session) < needed(session)) session -= 1;
    if (length === Number.POSITIVE_INFINITY) return sessions.open[session]!;
    return sessions.open[session]! + (Math.floor(closed(session) / length) - 1) * length;
  }

  async #fetch(
    timeframe: BaseTimeframe,
    symbols: readonly string[],
    from: number,
    newest: Map<string, Newest>,
    split: Set<string>,
    onSymbol: (symbol: string) => void,
    { now, signal }: RefreshOptions,
  ): Promise<void> {
    let batch = batchOf(timeframe);
    // Postgres stores a batch while the next is fetched. Marked as handled: a failure is met at the next await.
    let storing: Promise<void> = Promise.resolve();
    const store = async () => {
      const full = batch;
      batch = batchOf(timeframe);
      await storing;
      storing = this.#store(full, false);
      storing.catch(() => undefined);
    };
    try {
      for await (const found of this.#provider.fetch({ symbols, timeframe, from, to: now, signal })) {
        onSymbol(found.symbol);
        if (this.#provider.adjusted && wasSplit(found, newest.get(found.symbol))) {
          split.add(found.symbol);
          continue;
        }
        if (batch.bars + found.bars.length > BARS_A_BATCH || batch.symbols.has(found.symbol)) await store();
        batch.list.push(found);
        batch.symbols.add(found.symbol);
        batch.bars += found.bars.length;
      }
      await store();
    } finally {
      await storing;
    }
  }

  /** Fetches the whole history of these symbols again and puts it in place of what is stored. */
  async #replace(symbols: readonly string[], { timeframes, now, signal }: RefreshOptions): Promise<void> {
    for (const timeframe of timeframes) {
      const pieces = new Map<string, SymbolBars[]>();
      const from = this.#historyStart(timeframe, now);
      for await (const found of this.#provider.fetch({ symbols, timeframe, from, to: now, signal }))
        pieces.set(found.symbol, [...(pieces.get(found.symbol) ?? []), found]);
      for (const [, [first, ...rest]] of pieces) {
        await this.#store(batchOf(timeframe, [first!]), true);
        for (const piece of rest) await this.#store(batchOf(timeframe, [piece]), false);
      }
    }
  }

  async #store(batch: Batch, replace: boolean): Promise<void> {
    if (batch.list.length === 0) return;
    const { source } = this.#provider;
    const written = await this.#database.asService(
      async (session) => {
        await lockWrites(session, source);
        if (replace) {
          const key = [source, batch.timeframe, batch.list.map(({ symbol }) => symbol)];
          for (const table of ['market.bar_chunks', 'market.bar_tail'])
            await session.execute(
              `delete from ${table} where source = $1 and timeframe = $2 and symbol = any($3)`,
              key,
            );
        }
        if (batch.bars < batch.list.length * BARS_FOR_CHUNKS) return writeTail(session, source, batch.list);
        const counts = await mergeIntoChunks(session, source, batch.timeframe, batch.list);
        return counts.stored + counts.updated;
      },
      { statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    );
    this.#bars += written;
    for (const { symbol, bars } of batch.list) {
      this.#touched.add(symbol);
      if (bars.length > 0) this.#newest = Math.max(this.#newest, bars.time[bars.length - 1]!);
    }
    await this.#onStored(batch.list, replace);
  }
}

function wasSplit({ bars }: SymbolBars, stored: Newest | undefined): boolean {
  if (!stored || bars.time[0] !== stored.time) return false;
  return Math.abs(bars.close[0]! / stored.close - 1) > SPLIT_STEP;
}
