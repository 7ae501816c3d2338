import { marketTime } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { say } from './texts.ts';

type Reader = (match: RegExpExecArray) => string;

/** The notes that scans write (`rules/fate.ts`, `queries/store-signals.ts`), and how each reads in the reader's language. */
const NOTES: readonly (readonly [RegExp, Reader])[] = [
  [/^score (\d+)$/, ([, score = '']) => say('noteScore', { score })],
  [/^score (\d+), was (\d+)$/, ([, score = '', was = '']) => say('noteScoreWas', { score, was })],
  [/^bar of (\S+)$/, ([, time = '']) => say('noteBar', { time: marketTime(time) })],
  [/^score (\d+), made by staff$/, ([, score = '']) => say('noteStaff', { score })],
  [/^ended by staff$/, () => say('noteEnded')],
  // The action says it already.
  [/^first executed$/, () => ''],
  [/^reached its expiry$/, () => say('noteExpiry')],
  [
    /^no longer passes: (\w+) (\d+) is below (\d+)/,
    ([, timeframe = '', score = '', least = '']) => say('noteGate', { timeframe, score, least }),
  ],
  [/^no longer passes: /, () => say('notePasses')],
  [
    /^superseded: the stock is now (bullish|bearish|neutral)$/,
    ([, type]) => say('noteSuperseded', { type: t(type as 'bullish') }),
  ],
  [/^made from \w+ bars; the market data is now \w+$/, () => say('noteSource')],
];

/** A note of a signal's history in the reader's language; what a person wrote stays as he wrote it. */
export function historyNote(note: string): string {
  for (const [form, read] of NOTES) {
    const match = form.exec(note);
    if (match) return read(match);
  }
  return note;
}
