import type { StoredEvaluation } from './queries/score-evaluations.ts';
import type { ScoreRecord } from './record-contract.ts';
import type { ScoreFigures } from './rules/record/evaluation.ts';
import { verdictOf } from './rules/record/verdict.ts';

export function scoreRecord(stored: StoredEvaluation): ScoreRecord {
  const { evaluation, createdAt, kind, timeframe, from, to, symbols, dataHash } = stored;
  const { sessions, judged, scored, engine, calibrated } = evaluation;
  const { blockP, direction, violations } = engine.monotonicity;
  return {
    ...{ kind, timeframe, from, to, symbols, sessions, judged, scored, dataHash },
    engine: figuresOf(engine),
    trend: { p: blockP, direction, violations: [...violations] },
    calibrated: calibrated && figuresOf(calibrated),
    verdict: verdictOf(evaluation),
    createdAt: createdAt.toISOString(),
  };
}

function figuresOf({ buckets, overall, brierSkill, forecast, edge }: ScoreFigures): ScoreRecord['engine'] {
  return {
    buckets: buckets.map(bucketOf),
    overall: overall && bucketOf(overall),
    brierSkill,
    brierSkillInterval: forecast && [...forecast.brierSkillInterval],
    edge,
    reliability: forecast?.reliability.map((point) => ({ ...point, interval: [...point.interval] })) ?? [],
  };
}

function bucketOf({ wilson: _wilson, interval, liftInterval, ...bucket }: ScoreFigures['buckets'][number]) {
  return { ...bucket, interval: [...interval], liftInterval: [...liftInterval] };
}
