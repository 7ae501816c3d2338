import type { ScoreRecord } from '#products/kurzora/contract.ts';
import { number } from '../../../app/format.ts';
import { range, share } from './rates.ts';
import { say } from './texts.ts';

/** What the figures come to, in the reader's language; claims no more than their intervals do (the server's `rules/record/verdict.ts`). */
export function verdictSentences({ engine, calibrated, trend, scored }: ScoreRecord): string[] {
  if (scored === 0 || !engine.overall) return [say('nothingYet')];
  const sentences = [skillSentence('engine', engine), trendSentence(trend)];
  for (const { from, to, hitRate, baseRate, lift, liftInterval } of engine.buckets) {
    const [low = 0, high = 0] = liftInterval;
    if (low <= 0 && high >= 0) continue;
    const facts = { from, to, rate: share(hitRate), base: share(baseRate) };
    sentences.push(say(lift > 0 ? 'bucketAbove' : 'bucketBelow', facts));
  }
  if (calibrated?.brierSkillInterval) sentences.push(skillSentence('calibrated', calibrated));
  return sentences;
}

function skillSentence(
  whose: 'engine' | 'calibrated',
  { brierSkill, brierSkillInterval, edge }: ScoreRecord['engine'],
) {
  if (!brierSkillInterval) return say('engineNoHistory');
  const facts = { skill: share(brierSkill, 2), interval: range(brierSkillInterval, 2) };
  return say(`${whose}${edge === 'positive' ? 'Edge' : 'None'}`, facts);
}

/** Under which p an order is told. */
const LIKELY_CHANCE = 0.05;

function trendSentence({ p, direction }: ScoreRecord['trend']): string {
  const facts = { p: number(p, 3, 3) };
  if (p >= LIKELY_CHANCE || direction === 'none') return say('trendNone', facts);
  return say(direction === 'rising' ? 'trendRising' : 'trendFalling', facts);
}
