import type { Session } from '#kernel/postgres/database.ts';
import { type LogisticModel, predictLogistic } from '#quant/backtest/logistic.ts';
import type { SignalRecord } from '../record-contract.ts';
import type { Bucket } from '../rules/record/buckets.ts';
import { WIDTH } from '../rules/record/event-table.ts';
import { readingsOf, writeFeatures } from '../rules/record/features.ts';
import { bucketFor, recordSentence } from '../rules/record/verdict.ts';

/** Settled live scores from which on the live record is shown in place of the replay. */
const LEAST_LIVE = 5000;

interface SignalRow {
  readonly id: string;
  readonly score: number;
  readonly price: number;
  readonly atr: number | null;
  readonly changePercent: number | null;
  readonly readings: Readonly<Record<string, Record<string, number | null>>> | null;
  readonly engine: string;
  readonly source: string;
  readonly timeframe: string;
}

interface RecordRow {
  readonly kind: 'replay' | 'live';
  readonly engine: string;
  readonly source: string;
  readonly timeframe: string;
  readonly scored: number;
  readonly buckets: readonly Bucket[];
  readonly edge: string;
  readonly calibratedEdge: string | null;
  readonly model: LogisticModel | null;
}

/** Puts beside each signal what scores like its own were worth; null where nothing has been evaluated. One statement a page. */
export async function withRecords<S extends { readonly id: string }>(
  session: Session,
  signals: readonly S[],
): Promise<(S & { record: SignalRecord | null })[]> {
  if (signals.length === 0) return [];
  const { rows, records } = await session.one<{ rows: SignalRow[]; records: RecordRow[] }>(QUERY, [
    signals.map(({ id }) => id),
  ]);
  const found = new Map(rows.map((row) => [row.id, row]));
  return signals.map((signal) => {
    const row = found.get(signal.id);
    return { ...signal, record: row ? recordOf(row, records) : null };
  });
}

const QUERY = `
with page as (
  select id, final_score as score, current_price::float8 as price, atr::float8 as atr,
         price_change_percent::float8 as "changePercent", signals -> 'indicators' as readings, engine, source, timeframe
  from public.trading_signals where id = any($1::uuid[])
), kinds as (
  select distinct engine, source, timeframe from page
), records as (
  select distinct on (e.engine, e.source, e.timeframe, e.kind) e.kind, e.engine, e.source, e.timeframe,
         e.evaluation -> 'scored' as scored, e.evaluation -> 'engine' -> 'buckets' as buckets,
         e.evaluation -> 'engine' ->> 'edge' as edge, e.evaluation -> 'calibrated' ->> 'edge' as "calibratedEdge",
         case when jsonb_typeof(e.evaluation -> 'model') = 'object' then e.evaluation -> 'model' end as model
  from public.score_evaluations e join kinds using (engine, source, timeframe)
  order by e.engine, e.source, e.timeframe, e.kind, e.created_at desc
)
select (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from page p) as rows,
       (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from records r) as records`;

function recordOf(row: SignalRow, records: readonly RecordRow[]): SignalRecord | null {
  const own = records.filter(
    ({ engine, source, timeframe }) => engine === row.engine && source === row.source && timeframe === row.timeframe,
  );
  const replay = own.find(({ kind }) => kind === 'replay');
  const live = own.find(({ kind, scored }) => kind === 'live' && scored >= LEAST_LIVE);
  const shown = live ?? replay;
  const bucket = shown && bucketFor(shown.buckets, row.score);
  if (!shown || !bucket) return null;
  const { from, to, n, hitRate, interval, baseRate, meanR } = bucket;
  return {
    kind: shown.kind,
    ...{ from, to, n, hitRate, baseRate, meanR },
    interval: [...interval],
    edge: shown.edge,
    calibrated: replay?.model?.weights.length === WIDTH ? calibratedOf(row, replay.model) : null,
    calibratedEdge: replay?.calibratedEdge ?? null,
    text: recordSentence(row.score, bucket),
  };
}

function calibratedOf({ score, readings, price, atr, changePercent }: SignalRow, model: LogisticModel): number {
  const features = new Float64Array(WIDTH);
  const [day, week] = ['1D', '1W'].map((timeframe) => readingsOf(readings?.[timeframe]));
  writeFeatures({ finalScore: score, day: day!, week: week!, price, atr, changePercent }, features);
  return Math.round(predictLogistic(model, features) * 1000) / 1000;
}
