import type { SessionTable } from '../aggregation/sessions.ts';
import { Series } from '../store/series.ts';
import { type Finding, priceFault, type Rejections } from '../validate.ts';
import { splitLine } from './csv.ts';
import type { Header } from './header.ts';
import { localTime, type Moment, readMoment } from './moments.ts';

/** Bars of one symbol in the order of the file, with the line each came from. */
export interface SymbolLines {
  readonly series: Series;
  lines: Int32Array;
}

const SYMBOL = /^[\w.\-/^=]{1,10}$/;
/** Distinct texts of times remembered: a file repeats each for every symbol. */
const REMEMBERED = 200_000;

/** Takes the lines of a file, refuses what cannot be a bar of the exchange, and keeps the rest by symbol. */
export class BarCollector {
  readonly symbols = new Map<string, SymbolLines>();
  /** Data lines seen, blank ones left out. */
  read = 0;
  /** Whether the first bar gave a date alone: the file holds days. Undefined before it. */
  daily: boolean | undefined;
  readonly #header: Header;
  readonly #symbol: string | null;
  readonly #sessions: SessionTable;
  readonly #rejections: Rejections;
  readonly #moments = new Map<string, number | Finding>();

  constructor(header: Header, symbol: string | null, sessions: SessionTable, rejections: Rejections) {
    this.#header = header;
    this.#symbol = symbol;
    this.#sessions = sessions;
    this.#rejections = rejections;
  }

  take(text: string, line: number): void {
    if (text.trim() === '') return;
    this.read += 1;
    const finding = this.#keep(text, line);
    if (finding) this.#rejections.add(finding, line, text);
  }

  #keep(text: string, line: number): Finding | null {
    const header = this.#header;
    const fields = splitLine(text, header.delimiter);
    if (fields.length !== header.fields)
      return {
        fault: 'wrong number of fields',
        detail: `${fields.length} fields where the header has ${header.fields}`,
      };
    const symbol = this.#symbol ?? fields[header.symbol]!.trim();
    if (!SYMBOL.test(symbol)) return { fault: 'symbol not usable', detail: `"${symbol}" is not a ticker` };
    const time = this.#timeOf(fields[header.time]!.trim());
    if (typeof time !== 'number') return time;
    const open = numberOf(fields[header.open]!);
    const high = numberOf(fields[header.high]!);
    const low = numberOf(fields[header.low]!);
    const close = numberOf(fields[header.close]!);
    const volume = numberOf(fields[header.volume]!);
    const fault = priceFault(open, high, low, close, volume);
    if (fault) return fault;
    const kept = this.#linesOf(symbol);
    kept.series.append(time, open, high, low, close, volume);
    if (kept.series.length > kept.lines.length) {
      const grown = new Int32Array(kept.lines.length * 2);
      grown.set(kept.lines);
      kept.lines = grown;
    }
    kept.lines[kept.series.length - 1] = line;
    return null;
  }

  #linesOf(symbol: string): SymbolLines {
    let kept = this.symbols.get(symbol);
    if (!kept) {
      kept = { series: new Series(256), lines: new Int32Array(256) };
      this.symbols.set(symbol, kept);
    }
    return kept;
  }

  #timeOf(text: string): number | Finding {
    let time = this.#moments.get(text);
    if (time === undefined) {
      const moment = readMoment(text);
      if (moment) this.daily ??= moment.kind === 'date';
      time = moment
        ? this.#sessionTime(text, moment)
        : { fault: 'time not readable', detail: `"${text}" is not a time` };
      if (this.#moments.size >= REMEMBERED) this.#moments.clear();
      this.#moments.set(text, time);
    }
    return time;
  }

  /** The bar's start: the session's open for a day. A finding when the exchange was closed. */
  #sessionTime(text: string, moment: Moment): number | Finding {
    const sessions = this.#sessions;
    if (moment.kind === 'instant') {
      if (this.daily) return { fault: 'time not readable', detail: `${text} has a time of day in a file of days` };
      if (sessions.at(moment.time) >= 0) return moment.time;
      return { fault: 'outside session', detail: `${text} lies outside the exchange's sessions` };
    }
    const session = sessions.onDay(moment.day);
    if (session === -2)
      return { fault: 'closed day', detail: `${text} lies outside the years of the exchange calendar` };
    if (session === -1) return { fault: 'closed day', detail: `${text} is a day on which the exchange was closed` };
    if (moment.kind === 'date')
      return this.daily
        ? sessions.open[session]!
        : { fault: 'outside session', detail: `${text} has no time of day in a file of intraday bars` };
    if (this.daily) return { fault: 'time not readable', detail: `${text} has a time of day in a file of days` };
    const time = localTime(sessions, session, moment);
    if (sessions.open[session]! <= time && time < sessions.close[session]!) return time;
    return { fault: 'outside session', detail: `${text} lies outside that day's session` };
  }
}

/** A number, or NaN for an empty field and for what is not one. */
function numberOf(text: string): number {
  const value = Number(text);
  return value === 0 && text.trim() === '' ? Number.NaN : value;
}
