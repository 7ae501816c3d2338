/** Why a bar is refused: the words an import report counts by. */
export type Fault =
  | 'wrong number of fields'
  | 'symbol not usable'
  | 'time not readable'
  | 'not a number'
  | 'price not positive'
  | 'high below low'
  | 'open or close outside low and high'
  | 'negative volume'
  | 'closed day'
  | 'outside session'
  | 'misaligned start'
  | 'duplicate'
  | 'conflicting duplicate';

/** A fault with what is wrong in this bar: `high 3 is below close 4`. */
export interface Finding {
  readonly fault: Fault;
  readonly detail: string;
}

const NAMES = ['open', 'high', 'low', 'close'] as const;

/** What is wrong with the numbers of a bar, or null. Prices must be finite and positive, volume finite and not negative, low <= open, close <= high. */
export function priceFault(open: number, high: number, low: number, close: number, volume: number): Finding | null {
  if (
    low <= open &&
    low <= close &&
    open <= high &&
    close <= high &&
    low > 0 &&
    high < Infinity &&
    volume >= 0 &&
    volume < Infinity
  )
    return null;
  const prices = [open, high, low, close];
  for (const [index, name] of NAMES.entries())
    if (!Number.isFinite(prices[index])) return { fault: 'not a number', detail: `${name} is not a number` };
  if (!Number.isFinite(volume)) return { fault: 'not a number', detail: 'volume is not a number' };
  for (const [index, name] of NAMES.entries())
    if (prices[index]! <= 0) return { fault: 'price not positive', detail: `${name} ${prices[index]} is not positive` };
  if (volume < 0) return { fault: 'negative volume', detail: `volume ${volume} is negative` };
  if (high < low) return { fault: 'high below low', detail: `high ${high} is below low ${low}` };
  const name = open > high || open < low ? 'open' : 'close';
  const value = name === 'open' ? open : close;
  const detail = value > high ? `high ${high} is below ${name} ${value}` : `low ${low} is above ${name} ${value}`;
  return { fault: 'open or close outside low and high', detail };
}

/** Refused bars of one import: counted by reason, the first lines of each kept. */
export class Rejections {
  readonly #counts = new Map<Fault, number>();
  readonly #lines: { fault: Fault; line: number; text: string }[] = [];
  readonly #keep: number;

  constructor(keep = 5) {
    this.#keep = keep;
  }

  /** `line` counts from 1, the header included; `text` is the line as it was read. */
  add({ fault, detail }: Finding, line: number, text: string): void {
    const count = (this.#counts.get(fault) ?? 0) + 1;
    this.#counts.set(fault, count);
    if (count <= this.#keep) this.#lines.push({ fault, line, text: `line ${line}: ${detail}: ${text.slice(0, 200)}` });
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  count(fault: Fault): number {
    return this.#counts.get(fault) ?? 0;
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort());
  }

  get firstLines(): readonly string[] {
    return this.#lines.toSorted((a, b) => a.line - b.line).map(({ text }) => text);
  }
}
