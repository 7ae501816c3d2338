import { localDate, minutesOfDay } from './next-allowed.ts';
import type { Digest } from './settings.ts';

/** Minutes after midnight from which the day's digest may go; the US session is over or at its end in the zones our readers live in. */
const EVENING = 18 * 60;
const DAY = 86_400_000;
const FRIDAY = 5;

/**
 * The digest that is due at this moment, by a name that is the same until the next is due: each hour; each day from 18:00 of the
 * person's time; each week from Friday 18:00 until the week ends. Null: none.
 */
export function digestPeriod(at: number, digest: Digest, timeZone: string): string | null {
  const date = localDate(at, timeZone);
  const minutes = minutesOfDay(at, timeZone);
  if (digest === 'hourly') return `${date}T${String(Math.floor(minutes / 60)).padStart(2, '0')}`;
  if (digest === 'daily') return minutes >= EVENING ? date : null;
  if (digest !== 'weekly') return null;
  const noon = Date.parse(`${date}T12:00:00Z`);
  const sinceFriday = (new Date(noon).getUTCDay() - FRIDAY + 7) % 7;
  if (sinceFriday > 2 || (sinceFriday === 0 && minutes < EVENING)) return null;
  return new Date(noon - sinceFriday * DAY).toISOString().slice(0, 10);
}
