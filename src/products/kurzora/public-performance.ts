import type { Placebo, PlaceboFigures } from './placebo.ts';
import type { StoredEvaluation } from './queries/score-evaluations.ts';
import type { RecordPlacebo, ScoreRecord } from './record-contract.ts';
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
    placebo: evaluation.placebo ? placeboOf(evaluation.placebo) : null,
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

function placeboOf({ randomWalk, shuffled, planted }: Placebo): RecordPlacebo {
  return {
    randomWalk: lineOf(randomWalk, randomWalk.flat),
    shuffled: shuffled && lineOf(shuffled, shuffled.flat),
    planted: lineOf(planted, planted.found),
  };
}

function lineOf(figures: PlaceboFigures, asExpected: boolean): RecordPlacebo['planted'] {
  const { n, hitRate, baseRate, brierSkill, brierSkillInterval, trendP } = figures;
  return {
    ...{ n, hitRate, baseRate, brierSkill, trendP, asExpected },
    brierSkillInterval: brierSkillInterval && [...brierSkillInterval],
  };
}

function bucketOf({ wilson: _wilson, interval, liftInterval, ...bucket }: ScoreFigures['buckets'][number]) {
  return { ...bucket, interval: [...interval], liftInterval: [...liftInterval] };
}
