import type { Session, Value } from '#kernel/postgres/database.ts';
import { DIVERGENCE, type IndicatorRow, indicatorRows, SHARED_METADATA } from '../rules/indicator-rows.ts';
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
    if (renewed && !inserted) cleared.push(id);
    indicatorRows(byTicker.get(ticker)!).forEach((row, at) => {
      const isDivergence = row.name === DIVERGENCE;
      const columns = renewed ? fresh : isDivergence ? divergences : known;
      columns.add(id, isDivergence ? DIVERGENCE_AT : at, row);
    });
  }
  if (cleared.length > 0)
    await session.execute('delete from public.indicators where signal_id = any ($1::uuid[])', [cleared]);
  if (known.length > 0) {
    const updated = stored.filter(({ renewed }) => !renewed).map(({ id }) => id);
    await session.execute(DELETE_DIVERGENCES, [updated, divergences.signals]);
    await session.execute(UPDATE_CHANGED, [...known.contents, version]);
    await insert(session, `${INSERT} ${REPLACE}`, divergences, version);
  }
  await insert(session, INSERT, fresh, version);
}

async function insert(session: Session, text: string, rows: Columns, version: string): Promise<void> {
  if (rows.length > 0) await session.execute(text, [...rows.contents, version, ...rows.keys]);
}

/** Where a divergence stands among the rows of its signal: after all others, however many there are. */
const DIVERGENCE_AT = 0xff;

/**
 * A row's id: its signal's, ending in the row's place. An update then finds its rows by one key, and new rows of a signal lie
 * side by side in the primary key, where random ids would touch a page each.
 */
const rowId = (signal: string, at: number) => signal.slice(0, -2) + at.toString(16).padStart(2, '0');

/** Rows as the columns that unnest() takes. */
class Columns {
  readonly signals: string[] = [];
  readonly #ids: string[] = [];
  readonly #names: string[] = [];
  readonly #timeframes: string[] = [];
  readonly #raw: (number | null)[] = [];
  readonly #points: number[] = [];
  /** Number of the row's metadata in SHARED_METADATA, from 1; 0 where it has its own. */
  readonly #shared: number[] = [];
  readonly #own: (string | null)[] = [];

  add(signal: string, at: number, row: IndicatorRow): void {
    const shared = SHARED_METADATA.indexOf(row.metadata) + 1;
    this.signals.push(signal);
    this.#ids.push(rowId(signal, at));
    this.#names.push(row.name);
    this.#timeframes.push(row.timeframe);
    this.#raw.push(row.rawValue);
    this.#points.push(row.contribution);
    this.#shared.push(shared);
    this.#own.push(shared > 0 ? null : JSON.stringify(row.metadata));
  }

  get length(): number {
    return this.signals.length;
  }

  /** $1 to $6. */
  get contents(): readonly Value[] {
    return [this.#ids, this.#raw, this.#points, this.#shared, this.#own, SHARED_METADATA];
  }

  /** $8 to $10: what never changes. */
  get keys(): readonly Value[] {
    return [this.signals, this.#names, this.#timeframes];
  }
}

const METADATA = 'coalesce(r.own, ($6::jsonb[])[r.shared])';
const INSERT = `
insert into public.indicators
  (id, raw_value, score_contribution, metadata, signal_id, indicator_name, timeframe, scoring_version)
select r.id, r.raw, r.points, ${METADATA}, r.signal_id, r.name, r.timeframe, $7
from unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::int[], $5::jsonb[], $8::uuid[], $9::text[], $10::text[])
  as r(id, raw, points, shared, own, signal_id, name, timeframe)`;
/** Of the few divergence rows some exist already. */
const REPLACE = `
on conflict (signal_id, timeframe, indicator_name) do update set
  raw_value = excluded.raw_value, score_contribution = excluded.score_contribution, metadata = excluded.metadata,
  scoring_version = excluded.scoring_version, updated_at = now()`;
const DELETE_DIVERGENCES = `
delete from public.indicators
where indicator_name = '${DIVERGENCE}' and signal_id = any ($1::uuid[]) and signal_id <> all ($2::uuid[])`;

const UPDATE_CHANGED = `
update public.indicators k
set raw_value = r.raw, score_contribution = r.points, metadata = r.metadata, scoring_version = $7, updated_at = now()
from (
  select r.id, r.raw, r.points, ${METADATA} as metadata
  from unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::int[], $5::jsonb[]) as r(id, raw, points, shared, own)) r
where k.id = r.id
  and (k.raw_value is distinct from r.raw or k.score_contribution <> r.points
       or k.metadata <> r.metadata or k.scoring_version <> $7)`;
