import { setImmediate } from 'node:timers/promises';
import type { Database, Session } from '#kernel/postgres/database.ts';
import { ledgerScores } from './ledger-scores.ts';
import { endSignals } from './queries/end-signals.ts';
import { lastLiveScan, lockScans, recordScan, type ScanRecord } from './queries/scans.ts';
import { calibratedModel } from './queries/score-evaluations.ts';
import { recordScores } from './queries/score-ledger.ts';
import { storeIndicators } from './queries/store-indicators.ts';
import { type ScanMark, type SignalToStore, storeSignals } from './queries/store-signals.ts';
import { ENGINE } from './rules/engine.ts';
import type { PastBars, Verdict } from './rules/fate.ts';
import type { SkippedStock } from './rules/score-stock.ts';

export type StoreOutcome =
  | {
      readonly kind: 'stored';
      readonly inserted: number;
      readonly updated: number;
      readonly closed: number;
      readonly expired: number;
    }
  /** A newer live scan committed first: its signals stay. */
  | { readonly kind: 'overtaken'; readonly by: string };

export interface ScanToStore {
  readonly signals: readonly SignalToStore[];
  readonly skipped: readonly SkippedStock[];
  readonly record: Omit<ScanRecord, 'inserted' | 'updated' | 'closed' | 'expired' | 'engine' | 'seconds' | 'asOf'>;
  readonly asOf: number;
  /** What the fate of open signals is read from. */
  readonly bars: PastBars;
  /** Seconds since the scan began, asked for as late as possible. */
  readonly elapsed: () => number;
}

/** Written by one statement. */
const SIGNALS_A_PART = 250;

/** Reasons that judge the stock; the others only say that data was missing, which ends no signal. */
const JUDGED = new Set(['gate', 'too_few_scored']);

/** Writes a scan in one transaction: what had ended or was overtaken, its signals, their indicators and history, and its own record. */
export async function storeScan(database: Database, scan: ScanToStore): Promise<StoreOutcome> {
  return await database.asService((session) => writeScan(session, scan), { statementTimeoutMs: 120_000 });
}

async function writeScan(session: Session, scan: ScanToStore): Promise<StoreOutcome> {
  const { source, live } = scan.record;
  await lockScans(session);
  // What a scan raises stops at the settings' signals a day (kurzora.raise_signal).
  await session.query(`select set_config('kurzora.scan', 'on', true)`);
  if (live) {
    const last = await lastLiveScan(session, source);
    if (last && last.asOf.getTime() > scan.asOf) return { kind: 'overtaken', by: last.asOf.toISOString() };
  }
  const ended = live
    ? await endSignals(session, scan.bars, { asOf: scan.asOf, source, verdicts: verdictsOf(scan) })
    : { closed: 0, expired: 0 };
  const outcome = { ...(await storeParts(session, scan.signals, { asOf: scan.asOf, source, live })), ...ended };
  const moment = { asOf: new Date(scan.asOf), engine: ENGINE, seconds: scan.elapsed() };
  await recordLedger(session, scan);
  await recordScan(session, { ...scan.record, ...outcome, ...moment });
  return { kind: 'stored', ...outcome };
}

/**
 * Part after part, best signals first. While Postgres writes the signals of one, the indicator rows of the one before are made ready here;
 * and requests get their turn between them.
 */
async function storeParts(
  session: Session,
  signals: readonly SignalToStore[],
  mark: ScanMark,
): Promise<{ inserted: number; updated: number }> {
  const counts = { inserted: 0, updated: 0 };
  const begin = (start: number) => {
    const part = signals.slice(start, start + SIGNALS_A_PART);
    const stored = storeSignals(session, part, mark);
    // Awaited later: what failed before it is what is told.
    stored.catch(() => undefined);
    return { part, stored };
  };
  let next = begin(0);
  for (let start = 0; start < signals.length; start += SIGNALS_A_PART) {
    const { part, stored } = next;
    const written = await stored;
    next = begin(start + SIGNALS_A_PART);
    await setImmediate();
    await storeIndicators(session, written, part);
    for (const { inserted } of written) counts[inserted ? 'inserted' : 'updated'] += 1;
  }
  return counts;
}

/** Every score of the scan goes into the ledger in the same transaction: what was shown is what was written down. */
async function recordLedger(session: Session, { signals, skipped, record, asOf }: ScanToStore): Promise<void> {
  const { source, timeframe, live } = record;
  const calibrated = await calibratedModel(session, { engine: ENGINE, source, timeframe });
  const scores = await ledgerScores(
    signals.map(({ signal }) => signal),
    skipped,
    calibrated?.model ?? null,
  );
  const mark = { asOf: new Date(asOf), engine: ENGINE, source, timeframe, live };
  await recordScores(session, { ...mark, evaluationId: calibrated?.id ?? null }, scores);
}

function verdictsOf({ signals, skipped }: ScanToStore): Verdict[] {
  return [
    ...signals.map(({ signal }) => ({ ticker: signal.ticker, type: signal.signalType, reason: null })),
    ...skipped
      .filter(({ reason }) => JUDGED.has(reason))
      .map(({ ticker, detail }) => ({ ticker, type: null, reason: detail })),
  ];
}
