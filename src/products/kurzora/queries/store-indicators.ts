import type { Session, Value } from '#kernel/postgres/database.ts';
import { Turn } from '#kernel/turn.ts';
import { DIVERGENCE, type IndicatorRow, indicatorRows, SHARED_METADATA } from '../rules/indicator-rows.ts';
import { float8Column, int4Column, jsonbColumn, uuidBytes, uuidColumn } from './binary-columns.ts';
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
  const kept: string[] = [];
  const diverging: string[] = [];
  const turn = new Turn();
  for (const { id, ticker, inserted, renewed } of stored) {
    if (turn.over) await turn.pass();
    if (!renewed) kept.push(id);
    else if (!inserted) cleared.push(id);
    const signal = uuidBytes(id);
    indicatorRows(byTicker.get(ticker)!).forEach((row, at) => {
      const isDivergence = row.name === DIVERGENCE;
      if (isDivergence && !renewed) diverging.push(id);
      const columns = renewed ? fresh : isDivergence ? divergences : known;
      columns.add(signal, isDivergence ? DIVERGENCE_AT : at, row);
    });
  }
  // Sent in one go, done in this order.
  const writes: Promise<unknown>[] = [];
  const write = (text: string, values: readonly Value[]) => writes.push(session.execute(text, values));
  if (cleared.length > 0) write('delete from public.indicators where signal_id = any ($1::uuid[])', [cleared]);
  if (kept.length > 0) {
    write(DELETE_DIVERGENCES, [kept, diverging]);
    write(UPDATE_CHANGED, [...known.contents, version]);
    if (divergences.length > 0) write(`${INSERT} ${REPLACE}`, [...divergences.contents, version, ...divergences.keys]);
  }
  if (fresh.length > 0) write(INSERT, [...fresh.contents, version, ...fresh.keys]);
  await Promise.all(writes);
}

/** Where a divergence stands among the rows of its signal: after all others, however many there are. */
const DIVERGENCE_AT = 0xff;

/**
 * A row's id: its signal's, ending in the row's place. An update then finds its rows by one key, and new rows of a signal lie
 * side by side in the primary key, where random ids would touch a page each.
 */
function rowId(signal: Buffer, at: number): Buffer {
  const id = Buffer.from(signal);
  id[15] = at;
  return id;
}

/** Rows as the columns that unnest() takes. */
class Columns {
  readonly #signals: Buffer[] = [];
  readonly #ids: Buffer[] = [];
  /** Names and timeframes are few: a row has their numbers, from 1. */
  readonly #kinds: string[] = [];
  readonly #kindOf = new Map<string, number>();
  readonly #rowKinds: number[] = [];
  readonly #raw: (number | null)[] = [];
  readonly #points: number[] = [];
  /** Number of the row's metadata in SHARED_METADATA, from 1; 0 where it has its own. */
  readonly #shared: number[] = [];
  readonly #own: (string | null)[] = [];

  add(signal: Buffer, at: number, row: IndicatorRow): void {
    const shared = SHARED_METADATA.indexOf(row.metadata) + 1;
    this.#signals.push(signal);
    this.#ids.push(rowId(signal, at));
    this.#rowKinds.push(this.#kind(row));
    this.#raw.push(row.rawValue);
    this.#points.push(row.contribution);
    this.#shared.push(shared);
    this.#own.push(shared > 0 ? null : JSON.stringify(row.metadata));
  }

  #kind({ name, timeframe }: IndicatorRow): number {
    const kind = `${name} ${timeframe}`;
    const known = this.#kindOf.get(kind);
    if (known !== undefined) return known;
    this.#kinds.push(name, timeframe);
    this.#kindOf.set(kind, this.#kindOf.size + 1);
    return this.#kindOf.size;
  }

  get length(): number {
    return this.#ids.length;
  }

  /** $1 to $6. */
  get contents(): readonly Value[] {
    return [
      uuidColumn(this.#ids),
      float8Column(this.#raw),
      float8Column(this.#points),
      int4Column(this.#shared),
      jsonbColumn(this.#own),
      SHARED_METADATA,
    ];
  }

  /** $8 to $10: what never changes. */
  get keys(): readonly Value[] {
    return [uuidColumn(this.#signals), int4Column(this.#rowKinds), this.#kinds];
  }
}

const METADATA = 'coalesce(r.own, ($6::jsonb[])[r.shared])';
const INSERT = `
insert into public.indicators
  (id, raw_value, score_contribution, metadata, signal_id, indicator_name, timeframe, scoring_version)
select r.id, r.raw, r.points, ${METADATA}, r.signal_id, ($10::text[])[2 * r.kind - 1], ($10::text[])[2 * r.kind], $7
from unnest($1::uuid[], $2::float8[], $3::float8[], $4::int[], $5::jsonb[], $8::uuid[], $9::int[])
  as r(id, raw, points, shared, own, signal_id, kind)`;
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
  select r.id, r.raw::numeric(18,6) as raw, r.points::numeric(8,4) as points, ${METADATA} as metadata
  from unnest($1::uuid[], $2::float8[], $3::float8[], $4::int[], $5::jsonb[]) as r(id, raw, points, shared, own)) r
where k.id = r.id
  and (k.raw_value is distinct from r.raw or k.score_contribution <> r.points
       or k.metadata <> r.metadata or k.scoring_version <> $7)`;
