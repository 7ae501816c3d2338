import { OperatorError } from '#kernel/errors.ts';
import { MINUTE, type SessionTable } from '../aggregation/sessions.ts';
import { LENGTH, STORED, type StoredTimeframe } from '../aggregation/timeframes.ts';
import type { SymbolLines } from './collector.ts';

/** Share of bars that must start on the timeframe's grid. */
const ALIGNED = 0.9;

/**
 * The timeframe of a file of intraday bars: the most frequent step between bars of one symbol within a session (stray and missing
 * bars do not decide), which must be one we store and fit the sessions' grid. Throws OperatorError that says what the bars look like. `symbols` are sorted by time.
 */
export function intradayTimeframe(
  symbols: Iterable<SymbolLines>,
  sessions: SessionTable,
  path: string,
): StoredTimeframe {
  const { steps, offsets, bars } = survey(symbols, sessions);
  if (steps.size === 0)
    throw new OperatorError(`${path}: the timeframe cannot be told, because no session holds two bars of one symbol`, {
      remedy: 'Import daily bars with a date alone, or intraday bars of whole sessions.',
    });
  const [step] = [...steps].reduce((most, next) =>
    next[1] > most[1] || (next[1] === most[1] && next[0] < most[0]) ? next : most,
  );
  const timeframe = STORED.find((name) => LENGTH[name] === step);
  if (!timeframe)
    throw new OperatorError(`${path}: its bars are ${step / MINUTE} minutes apart, which is no timeframe we store`, {
      remedy: 'Import bars of 1, 5, 15, 60 or 240 minutes, or days.',
    });
  const aligned = [...offsets].reduce((sum, [offset, count]) => sum + (offset % step === 0 ? count : 0), 0);
  if (aligned < bars * ALIGNED)
    throw new OperatorError(
      `${path}: only ${aligned} of ${bars} bars start a multiple of ${step / MINUTE} minutes after the open`,
      { remedy: 'A bar must be stamped with its start, in New York time, counted from 09:30.' },
    );
  return timeframe;
}

function survey(symbols: Iterable<SymbolLines>, sessions: SessionTable) {
  const steps = new Map<number, number>();
  const offsets = new Map<number, number>();
  let bars = 0;
  for (const { series } of symbols) {
    let close = Number.NEGATIVE_INFINITY;
    let open = 0;
    for (let at = 0; at < series.length; at++) {
      const time = series.time[at]!;
      if (time >= close) {
        const session = sessions.at(time);
        open = sessions.open[session]!;
        close = sessions.close[session]!;
      } else if (time > series.time[at - 1]!) count(steps, time - series.time[at - 1]!);
      count(offsets, time - open);
      bars += 1;
    }
  }
  return { steps, offsets, bars };
}

function count(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
