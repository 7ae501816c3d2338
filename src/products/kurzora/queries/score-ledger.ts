import type { Session } from '#kernel/postgres/database.ts';
import type { LedgerScores } from '../ledger-scores.ts';

export interface LedgerMark {
  readonly asOf: Date;
  readonly engine: string;
  readonly source: string;
  readonly timeframe: string;
  readonly live: boolean;
  /** The evaluation whose model gave the calibrated scores. */
  readonly evaluationId: string | null;
}

/** Writes down what a scan said of every stock it judged: one row. */
export async function recordScores(session: Session, mark: LedgerMark, scores: LedgerScores): Promise<void> {
  await session.execute(
    `insert into public.score_ledger (as_of, session, engine, source, timeframe, live, tickers, scores, calibrated,
       evaluation_id, data_hashes, data_hash)
     values ($1::timestamptz, ($1::timestamptz at time zone 'America/New_York')::date, $2, $3, $4, $5, $6::text[],
       $7::smallint[], $8::smallint[], $9::uuid, decode($10, 'hex'), $11)`,
    [
      mark.asOf,
      mark.engine,
      mark.source,
      mark.timeframe,
      mark.live,
      scores.tickers,
      scores.scores,
      scores.calibrated,
      mark.evaluationId,
      scores.dataHashes,
      scores.dataHash,
    ],
  );
}

export interface DueScores {
  readonly id: string;
  /** `2022-06-15`. */
  readonly session: string;
  readonly tickers: readonly string[];
}

/** The last live scores of each session up to `session` of which the outcome is not written yet, oldest first. */
export async function dueScores(session: Session, source: string, until: string, limit: number): Promise<DueScores[]> {
  return await session.query<DueScores>(
    `select l.id, l.session::text as session, to_jsonb(l.tickers) as tickers
     from (select distinct on (engine, timeframe, session) id, session, tickers
           from public.score_ledger where live and source = $1 and session <= $2::date
           order by engine, timeframe, session, as_of desc, recorded_at desc) l
     where not exists (select from public.score_outcomes o where o.ledger_id = l.id)
     order by l.session limit $3`,
    [source, until, limit],
  );
}

export interface ScoreOutcomes {
  readonly ledgerId: string;
  readonly outcomes: readonly number[];
  readonly gains: readonly number[];
}

/** Writes what came of the scores of one ledger row; a second time changes nothing. */
export async function recordOutcomes(
  session: Session,
  { ledgerId, outcomes, gains }: ScoreOutcomes,
  protocol: unknown,
): Promise<void> {
  await session.execute(
    `insert into public.score_outcomes (ledger_id, outcomes, gains, protocol)
     values ($1, $2::smallint[], $3::real[], $4::jsonb) on conflict (ledger_id) do nothing`,
    [ledgerId, outcomes, gains, JSON.stringify(protocol)],
  );
}

export interface SettledScores {
  readonly session: string;
  readonly scores: readonly (number | null)[];
  readonly outcomes: readonly number[];
  readonly gains: readonly number[];
  readonly dataHash: string;
}

/** Scores and outcomes of the newest `limit` settled sessions of an engine, oldest first. */
export async function settledScores(
  session: Session,
  of: { readonly engine: string; readonly timeframe: string; readonly source: string; readonly limit: number },
): Promise<SettledScores[]> {
  return await session.query<SettledScores>(
    `select * from (
       select l.session::text as session, to_jsonb(l.scores) as scores, to_jsonb(o.outcomes) as outcomes,
              to_jsonb(o.gains) as gains, l.data_hash as "dataHash"
       from public.score_outcomes o join public.score_ledger l on l.id = o.ledger_id
       where l.engine = $1 and l.timeframe = $2 and l.source = $3 order by l.session desc limit $4) newest
     order by session`,
    [of.engine, of.timeframe, of.source, of.limit],
  );
}

/** What kinds of scores have outcomes: each has a live record of its own. */
export async function settledKinds(
  session: Session,
  source: string,
): Promise<{ readonly engine: string; readonly timeframe: string }[]> {
  return await session.query(
    `select distinct l.engine, l.timeframe from public.score_outcomes o join public.score_ledger l on l.id = o.ledger_id
     where l.source = $1`,
    [source],
  );
}
