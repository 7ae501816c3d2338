import type { Session } from '#kernel/postgres/database.ts';
import { DIVERGENCE, type IndicatorRow, indicatorRows } from '../rules/indicator-rows.ts';
import type { SignalToStore, StoredSignal } from './store-signals.ts';

/**
 * Makes the indicator rows of stored signals what the scan says. New signals: plain inserts. Updated ones: a row changes in
 * place when its value, points or metadata did; only divergences come and go. At 6,000 stocks that is some 50,000 rows a
 * scan, hence no upsert: looking for a conflict costs more than the write.
 */
export async function storeIndicators(
  session: Session,
  stored: readonly StoredSignal[],
  signals: readonly SignalToStore[],
): Promise<void> {
  const version = signals[0]?.signal.engine;
  if (version === undefined) return;
  const byTicker = new Map(signals.map(({ signal }) => [signal.ticker, signal]));
  const [fresh, known, divergences] = [new Columns(), new Columns(), new Columns()];
  const cleared: string[] = [];
  for (const { id, ticker, inserted, renewed } of stored) {
    const signal = byTicker.get(ticker)!;
    if (renewed && !inserted) cleared.push(id);
    for (const row of indicatorRows(signal))
      (renewed ? fresh : row.name === DIVERGENCE ? divergences : known).add(id, row);
  }
  if (cleared.length > 0)
    await session.execute('delete from public.indicators where signal_id = any ($1::uuid[])', [cleared]);
  if (known.ids.length > 0) {
    const updated = stored.filter(({ renewed }) => !renewed).map(({ id }) => id);
    await session.execute(DELETE_DIVERGENCES, [updated, divergences.ids]);
    await session.execute(UPDATE_CHANGED, [...known.cells, version]);
    await session.execute(`${INSERT} ${REPLACE}`, [...divergences.cells, version]);
  }
  await session.execute(INSERT, [...fresh.cells, version]);
}

/** Rows as the columns that unnest() takes. */
class Columns {
  readonly ids: string[] = [];
  readonly #names: string[] = [];
  readonly #timeframes: string[] = [];
  readonly #raw: (number | null)[] = [];
  readonly #points: number[] = [];
  readonly #metadata: string[] = [];

  add(id: string, row: IndicatorRow): void {
    this.ids.push(id);
    this.#names.push(row.name);
    this.#timeframes.push(row.timeframe);
    this.#raw.push(row.rawValue);
    this.#points.push(row.contribution);
    this.#metadata.push(JSON.stringify(row.metadata));
  }

  get cells() {
    return [this.ids, this.#names, this.#timeframes, this.#raw, this.#points, this.#metadata] as const;
  }
}

const ROWS = `unnest($1::uuid[], $2::text[], $3::text[], $4::numeric[], $5::numeric[], $6::jsonb[])
  as r(signal_id, indicator_name, timeframe, raw_value, score_contribution, metadata)`;
const COLUMNS = 'signal_id, indicator_name, timeframe, raw_value, score_contribution, metadata, scoring_version';
const INSERT = `insert into public.indicators (${COLUMNS}) select r.*, $7 from ${ROWS}`;
/** Of the few divergence rows some exist already. */
const REPLACE = `
on conflict (signal_id, timeframe, indicator_name) do update set
  raw_value = excluded.raw_value, score_contribution = excluded.score_contribution, metadata = excluded.metadata,
  scoring_version = excluded.scoring_version`;
const DELETE_DIVERGENCES = `
delete from public.indicators
where indicator_name = '${DIVERGENCE}' and signal_id = any ($1::uuid[]) and signal_id <> all ($2::uuid[])`;

const UPDATE_CHANGED = `
update public.indicators k
set raw_value = r.raw_value, score_contribution = r.score_contribution, metadata = r.metadata, scoring_version = $7, updated_at = now()
from ${ROWS}
where k.signal_id = r.signal_id and k.timeframe = r.timeframe and k.indicator_name = r.indicator_name
  and (k.raw_value is distinct from r.raw_value or k.score_contribution <> r.score_contribution
       or k.metadata <> r.metadata or k.scoring_version <> $7)`;
