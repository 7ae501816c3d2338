import type { Session } from '#kernel/postgres/database.ts';
import type { LogisticModel } from '#quant/backtest/logistic.ts';
import type { Placebo } from '../placebo.ts';
import type { Evaluation } from '../rules/record/evaluation.ts';
import { WIDTH } from '../rules/record/event-table.ts';

export type EvaluationKind = 'replay' | 'live';

export interface EvaluationToStore {
  readonly kind: EvaluationKind;
  readonly engine: string;
  readonly source: string;
  readonly timeframe: string;
  /** First and last session with an event, `2022-06-15`. */
  readonly from: string;
  readonly to: string;
  readonly symbols: number;
  readonly dataHash: string;
  readonly evaluation: Evaluation & { readonly placebo?: Placebo | null };
}

/** Adds an evaluation to the record; answers its id. */
export async function recordEvaluation(session: Session, stored: EvaluationToStore): Promise<string> {
  const { id } = await session.one<{ id: string }>(
    `insert into public.score_evaluations
       (kind, engine, source, timeframe, from_session, to_session, symbols, data_hash, evaluation)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb) returning id`,
    [
      stored.kind,
      stored.engine,
      stored.source,
      stored.timeframe,
      stored.from,
      stored.to,
      stored.symbols,
      stored.dataHash,
      JSON.stringify(stored.evaluation),
    ],
  );
  return id;
}

export interface CalibratedModel {
  readonly id: string;
  readonly model: LogisticModel;
}

/** Whose record is meant: bars of another source, and another engine or set of timeframes, have records of their own. */
export interface RecordOf {
  readonly engine: string;
  readonly source: string;
  readonly timeframe: string;
}

/** The newest calibrated score; undefined when there is none that fits its readings. */
export async function calibratedModel(session: Session, of: RecordOf): Promise<CalibratedModel | undefined> {
  const found = await session.maybeOne<CalibratedModel>(
    `select id, evaluation -> 'model' as model from public.score_evaluations
     where engine = $1 and source = $2 and timeframe = $3 and kind = 'replay' and jsonb_typeof(evaluation -> 'model') = 'object'
     order by created_at desc limit 1`,
    [of.engine, of.source, of.timeframe],
  );
  return found?.model.weights.length === WIDTH ? found : undefined;
}

export interface StoredEvaluation extends Omit<EvaluationToStore, 'dataHash'> {
  readonly id: string;
  readonly dataHash: string;
  readonly createdAt: Date;
}

/** The newest evaluation of each kind and timeframe set, without their models. */
export async function newestEvaluations(
  session: Session,
  { engine, source }: Pick<RecordOf, 'engine' | 'source'>,
): Promise<StoredEvaluation[]> {
  return await session.query<StoredEvaluation>(
    `select distinct on (kind, timeframe) id, kind, engine, source, timeframe, from_session::text as "from",
            to_session::text as "to", symbols, data_hash as "dataHash", evaluation - 'model' as evaluation,
            created_at as "createdAt"
     from public.score_evaluations where engine = $1 and source = $2 order by kind, timeframe, created_at desc`,
    [engine, source],
  );
}
