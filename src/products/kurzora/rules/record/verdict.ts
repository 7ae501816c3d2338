import type { Bucket } from './buckets.ts';
import type { Evaluation, ScoreFigures } from './evaluation.ts';

const percent = (share: number, digits = 0) => (share * 100).toFixed(digits);
const count = (n: number) => n.toLocaleString('en-US');

/** What the figures come to, in sentences that claim no more than their intervals do. */
export function verdictOf({ engine, calibrated, scored }: Evaluation): string[] {
  if (scored === 0 || !engine.overall) return ['No score has an outcome yet: nothing can be said.'];
  const sentences = [skillSentence('The engine’s score', engine)];
  const { monotonicity } = engine;
  const order = monotonicity.blockP < 0.05 ? monotonicity.direction : null;
  if (order === 'rising')
    sentences.push(
      `Within a day, higher scores did better than chance would have it (p ${monotonicity.blockP.toFixed(3)}); how much better stands in the table.`,
    );
  else if (order === 'falling')
    sentences.push(`Within a day, higher scores did worse (p ${monotonicity.blockP.toFixed(3)}): do not rank by them.`);
  else
    sentences.push(
      `Within a day, higher scores did no better than lower ones beyond chance (p ${monotonicity.blockP.toFixed(3)}).`,
    );
  for (const bucket of engine.buckets.filter(({ liftInterval }) => liftInterval[0] > 0 || liftInterval[1] < 0))
    sentences.push(
      `Scores ${bucket.from}-${bucket.to} reached 2R ${percent(bucket.hitRate, 1)} % of the time, ${bucket.lift > 0 ? 'above' : 'below'} the base rate of ${percent(bucket.baseRate, 1)} % (one such interval in twenty misses by chance).`,
    );
  if (calibrated?.forecast) sentences.push(skillSentence('The calibrated score', calibrated));
  return sentences;
}

function skillSentence(name: string, { forecast, edge }: ScoreFigures): string {
  if (!forecast) return `${name} has too little history behind it for a forecast: no edge is claimed.`;
  const { brierSkill, brierSkillInterval } = forecast;
  const figures = `Brier skill ${percent(brierSkill, 2)} %, 95 % CI ${brierSkillInterval.map((end) => percent(end, 2)).join(' to ')}`;
  return edge === 'positive'
    ? `${name} knew more than the base rate (${figures}).`
    : `${name} shows no edge: as a probability it knew no more than the base rate (${figures}).`;
}

/** `score 82: reached 2R before its stop 36 % of the time (n 1,240, 95 % CI 31-41, base 33 %)`. */
export function recordSentence(score: number, { hitRate, n, interval, baseRate }: Bucket): string {
  const ends = interval.map((end) => percent(end)).join('-');
  return `score ${score}: reached 2R before its stop ${percent(hitRate)} % of the time (n ${count(n)}, 95 % CI ${ends}, base ${percent(baseRate)} %)`;
}

/** The bucket a score belongs to; undefined outside all of them. */
export function bucketFor<B extends Pick<Bucket, 'from' | 'to'>>(buckets: readonly B[], score: number): B | undefined {
  return buckets.find(({ from, to }) => score >= from && (score < to || (score === 100 && to === 100)));
}
