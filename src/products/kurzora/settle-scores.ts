import { createHash } from 'node:crypto';
import type { Project } from '#kernel/product.ts';
import { STOP, TARGET, TIMEOUT, UNKNOWN } from '#quant/backtest/triple-barrier.ts';
import type { MarketData } from '#services/market-data/api.ts';
import { recordEvaluation } from './queries/score-evaluations.ts';
import {
  type DueScores,
  dueScores,
  recordOutcomes,
  type SettledScores,
  settledKinds,
  settledScores,
} from './queries/score-ledger.ts';
import { dailyBars, outcomeAt, wilderRanges } from './replay.ts';
import { evaluate } from './rules/record/evaluation.ts';
import { EventTable } from './rules/record/event-table.ts';
import { PROTOCOL } from './rules/record/protocol.ts';

const DAY = 86_400_000;
/** Ledger rows settled in one go: after a long pause the next runs take the rest. */
const MOST_ROWS = 60;
/** Calendar days before the oldest due session from which bars are read, for its range to settle. */
const BARS_BEFORE = 120;
/** Newest sessions the live record is made of: five years. */
const MOST_SESSIONS = 1260;

/** Writes what came of the ledger's scores whose holding time is over at `asOf`, and what the ledger adds up to. Safe to repeat. */
export async function settleScores(
  project: Project,
  marketData: MarketData,
  asOf: number,
): Promise<{ readonly settled: number; readonly evaluations: number }> {
  const { calendar, source } = marketData;
  const until = sessionBefore(marketData, asOf, PROTOCOL.horizon);
  const due = await project.database.asService((session) => dueScores(session, source, until, MOST_ROWS), {
    readOnly: true,
  });
  if (due.length === 0) return { settled: 0, evaluations: 0 };
  const symbols = [...new Set(due.flatMap(({ tickers }) => tickers))];
  await marketData.load({ symbols, from: Date.parse(`${due[0]!.session}T00:00:00Z`) - BARS_BEFORE * DAY });
  for (const row of due) {
    const open = calendar.session(row.session)?.open;
    const outcomes = outcomesOf(marketData, row, open ?? null, asOf);
    await project.database.asService((session) => recordOutcomes(session, { ledgerId: row.id, ...outcomes }, PROTOCOL));
  }
  return { settled: due.length, evaluations: await evaluateLedger(project, source) };
}

/** The session `count` sessions before the last that had closed by `asOf`. */
function sessionBefore({ calendar }: MarketData, asOf: number, count: number): string {
  let session = calendar.lastClosed(asOf);
  for (let step = 0; step < count; step++) session = calendar.previous(session);
  return session.date;
}

/** What came of buying each stock of a ledger row after its session; unknown where the stock had no bar in it. */
function outcomesOf(marketData: MarketData, row: DueScores, open: number | null, asOf: number) {
  const outcomes: number[] = [];
  const gains: number[] = [];
  for (const ticker of row.tickers) {
    const bars = open === null ? null : dailyBars(marketData, ticker, asOf);
    const at = bars && open !== null ? bars.time.subarray(0, bars.length).indexOf(open) : -1;
    const outcome = bars && at >= 0 ? outcomeAt(bars, at, wilderRanges(bars, PROTOCOL.atrPeriod)[at]!) : null;
    outcomes.push(!outcome ? UNKNOWN : outcome.hit ? TARGET : outcome.stopped ? STOP : TIMEOUT);
    gains.push(outcome?.gain ?? 0);
  }
  return { outcomes, gains };
}

async function evaluateLedger(project: Project, source: string): Promise<number> {
  const kinds = await project.database.asService((session) => settledKinds(session, source), { readOnly: true });
  for (const { engine, timeframe } of kinds) {
    const of = { engine, timeframe, source, limit: MOST_SESSIONS };
    const settled = await project.database.asService((session) => settledScores(session, of), { readOnly: true });
    const { table, hash, symbols } = tableOf(settled);
    if (table.length === 0) continue;
    await project.database.asService((session) =>
      recordEvaluation(session, {
        ...{ kind: 'live', engine, timeframe, source, symbols, dataHash: hash },
        ...{ from: settled[0]!.session, to: settled.at(-1)!.session },
        evaluation: evaluate(table, { calibrate: false, oneToOne: false }),
      }),
    );
  }
  return kinds.length;
}

function tableOf(settled: readonly SettledScores[]) {
  const table = new EventTable();
  const hash = createHash('sha256');
  let symbols = 0;
  for (const [day, { scores, outcomes, gains, dataHash }] of settled.entries()) {
    hash.update(dataHash);
    symbols = Math.max(symbols, scores.length);
    for (const [stock, outcome] of outcomes.entries())
      if (outcome !== UNKNOWN)
        table.add({
          day,
          stock,
          score: scores[stock]!,
          hit: outcome === TARGET,
          hitOne: false,
          gain: gains[stock]!,
        });
  }
  return { table, hash: hash.digest('hex'), symbols };
}
