import { useMemo, useState } from 'react';
import type { SignalSummary } from '#products/kurzora/contract.ts';

export interface Held {
  /** What the reader chose; another choice takes everything in. */
  readonly view: string;
  /** Ids in the order he has before him. */
  readonly order: readonly string[];
  /** Those that came in when he last asked for what is new. */
  readonly marked: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

/** Takes in everything there is now; what was not there before is marked when the reader asked for it. */
export function takeIn(arranged: readonly SignalSummary[], view: string, before?: Held): Held {
  const order = arranged.map(({ id }) => id);
  const known = new Set(before?.order);
  return { view, order, marked: before ? new Set(order.filter((id) => !known.has(id))) : NONE };
}

/**
 * The rows as they stand before the reader: each with its newest numbers, in the order that he has seen, less what is gone. What came
 * since waits, counted.
 */
export function heldRows(held: Held, arranged: readonly SignalSummary[]): { rows: SignalSummary[]; waiting: number } {
  const byId = new Map(arranged.map((signal) => [signal.id, signal]));
  const rows = held.order.flatMap((id) => byId.get(id) ?? []);
  return { rows, waiting: arranged.length - rows.length };
}

/** Nobody loses his place: a scan moves no row under his eyes, it only announces itself. `view` names filters and order. */
export function useHeldRows(arranged: readonly SignalSummary[], view: string) {
  const [kept, keep] = useState(() => takeIn(arranged, view));
  const shown = useMemo(() => heldRows(kept, arranged), [kept, arranged]);
  // A list with nothing in it has no place to lose.
  if (kept.view !== view || (shown.rows.length === 0 && arranged.length > 0)) keep(takeIn(arranged, view));
  return { ...shown, marked: kept.marked, showNew: () => keep(takeIn(arranged, view, kept)) };
}
