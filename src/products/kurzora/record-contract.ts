/** Shapes of the record on the wire. Rates are shares (0.36 is 36 %), gains are in R (multiples of the risk) after costs. */
import Type, { type Static, type TSchema } from 'typebox';

const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Low and high end, 95 %. */
const Ends = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 });

/** What scores like this one were worth so far. */
export const SignalRecord = Type.Object({
  /** `replay`: the engine run again over stored history; `live`: scores as they were given, once enough are settled. */
  kind: Type.String(),
  /** Scores that are told together, `to` excluded but for 100. */
  from: Type.Number(),
  to: Type.Number(),
  n: Type.Integer(),
  hitRate: Type.Number(),
  interval: Ends,
  baseRate: Type.Number(),
  meanR: Type.Number(),
  /** `none`: no edge over the base rate has been shown, and the page says so. */
  edge: Type.String(),
  /** Probability of reaching 2R before the stop by the calibrated score; null where there is none. */
  calibrated: Nullable(Type.Number()),
  calibratedEdge: Nullable(Type.String()),
  /** `score 82: reached 2R before its stop 36 % of the time (n 1,240, 95 % CI 31-41, base 33 %)` */
  text: Type.String(),
});
export type SignalRecord = Static<typeof SignalRecord>;

export const RecordBucket = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  n: Type.Integer(),
  hitRate: Type.Number(),
  interval: Ends,
  baseRate: Type.Number(),
  lift: Type.Number(),
  liftInterval: Ends,
  meanR: Type.Number(),
  baseMeanR: Type.Number(),
});

const Figures = Type.Object({
  buckets: Type.Array(RecordBucket),
  overall: Nullable(RecordBucket),
  brierSkill: Nullable(Type.Number()),
  brierSkillInterval: Nullable(Ends),
  /** positive or none */
  edge: Type.String(),
  reliability: Type.Array(
    Type.Object({ n: Type.Integer(), forecast: Type.Number(), hitRate: Type.Number(), interval: Ends }),
  ),
});

const PlaceboLine = Type.Object({
  n: Type.Integer(),
  hitRate: Nullable(Type.Number()),
  baseRate: Nullable(Type.Number()),
  brierSkill: Nullable(Type.Number()),
  brierSkillInterval: Nullable(Ends),
  /** p of "within a day, higher scores do no better". */
  trendP: Type.Number(),
  /** Flat where nothing can be known, found where something was planted. */
  asExpected: Type.Boolean(),
});

/** The same procedure where the truth is known. */
export const RecordPlacebo = Type.Object({
  randomWalk: PlaceboLine,
  shuffled: Nullable(PlaceboLine),
  planted: PlaceboLine,
});
export type RecordPlacebo = Static<typeof RecordPlacebo>;

export const ScoreRecord = Type.Object({
  kind: Type.String(),
  /** 4TF (intraday) or 2TF (end of day) */
  timeframe: Type.String(),
  /** First and last session with an event. */
  from: Type.String(),
  to: Type.String(),
  symbols: Type.Integer(),
  sessions: Type.Integer(),
  judged: Type.Integer(),
  scored: Type.Integer(),
  engine: Figures,
  /** p of "within a day, higher scores do no better", and which way it points. */
  trend: Type.Object({ p: Type.Number(), direction: Type.String(), violations: Type.Array(Type.String()) }),
  calibrated: Nullable(Figures),
  /** Null for the live ledger, and for a replay that ran without. */
  placebo: Nullable(RecordPlacebo),
  /** Sentences in English for a person; they say so where there is no edge. A page builds its own from the figures. */
  verdict: Type.Array(Type.String()),
  dataHash: Type.String(),
  createdAt: Type.String(),
});
export type ScoreRecord = Static<typeof ScoreRecord>;
