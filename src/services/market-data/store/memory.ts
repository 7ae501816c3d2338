import type { Database } from '#kernel/postgres/database.ts';
import { Turn } from '#kernel/turn.ts';
import type { SessionTable } from '../aggregation/sessions.ts';
import { StockBars } from '../aggregation/stock-bars.ts';
import type { Source } from '../api.ts';
import { importGeneration } from './coverage.ts';
import { readBars } from './read-bars.ts';
import type { NewBars } from './write-bars.ts';

/** Symbols read by one session: some 30 MB on the wire for five years of days. */
const SYMBOLS_A_READ = 150;
/** Sessions reading side by side: Postgres packs arrays on one core while this process unpacks on another. */
const READERS = 2;
const STATEMENT_TIMEOUT_MS = 120_000;

interface Held {
  readonly stock: StockBars;
  /** Bars are held from this moment on. */
  readonly from: number;
}

/** The bars of one source in memory: what windows are cut from. */
export class MarketMemory {
  readonly #database: Database;
  readonly #source: Source;
  readonly #sessions: SessionTable;
  readonly #held = new Map<string, Held>();
  #generation = -1;

  constructor(database: Database, source: Source, sessions: SessionTable) {
    this.#database = database;
    this.#source = source;
    this.#sessions = sessions;
  }

  stock(symbol: string): StockBars | undefined {
    return this.#held.get(symbol)?.stock;
  }

  /** Reads what is not held yet, back to `from`. */
  async load(
    symbols: readonly string[],
    from: number,
    onProgress?: (done: number, total: number) => void,
  ): Promise<void> {
    await this.#forgetWhenImported();
    const missing = symbols.filter((symbol) => (this.#held.get(symbol)?.from ?? Number.POSITIVE_INFINITY) > from);
    let next = 0;
    let done = symbols.length - missing.length;
    const reader = async (): Promise<void> => {
      while (next < missing.length) {
        const part = missing.slice(next, next + SYMBOLS_A_READ);
        next += part.length;
        await this.#read(part, from);
        done += part.length;
        onProgress?.(done, symbols.length);
      }
    };
    await Promise.all(Array.from({ length: READERS }, reader));
  }

  /** Takes bars that were just stored, for the symbols that are held; requests get their turn meanwhile. */
  async take(list: readonly NewBars[]): Promise<void> {
    const turn = new Turn();
    for (const { symbol, timeframe, bars } of list) {
      this.#held.get(symbol)?.stock.upsert(timeframe, bars);
      if (turn.over) await turn.pass();
    }
  }

  forget(symbols: Iterable<string>): void {
    for (const symbol of symbols) this.#held.delete(symbol);
  }

  async #read(symbols: readonly string[], from: number): Promise<void> {
    const stored = await this.#database.asService(
      (session) => readBars(session, { source: this.#source, symbols, from }),
      { readOnly: true, isolation: 'repeatable read', statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    );
    const stocks = new Map(symbols.map((symbol) => [symbol, new StockBars(this.#sessions)]));
    for (const { symbol, timeframe, series } of stored) stocks.get(symbol)!.adopt(timeframe, series);
    for (const [symbol, stock] of stocks) this.#held.set(symbol, { stock, from });
  }

  /** Files are imported by other processes too: then what is held is read again. */
  async #forgetWhenImported(): Promise<void> {
    if (this.#source !== 'files') return;
    const generation = await this.#database.asService(importGeneration, { readOnly: true });
    if (generation !== this.#generation) this.#held.clear();
    this.#generation = generation;
  }
}
