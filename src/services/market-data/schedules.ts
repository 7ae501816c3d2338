import type { Schedule } from '#kernel/product.ts';
import type { ExchangeCalendar, ExchangeSession } from './api.ts';
import { dayOfDate, newYorkMoment } from './calendar/new-york.ts';

const MINUTE = 60_000;

/**
 * Every `minutes` counted from the open of each session, for the first time when the first bar of that length is closed,
 * and for the last time at the close (13:00 on early days), even where the interval does not divide the session.
 * `delaySeconds` shifts every moment, to give the provider time to publish the bar. RangeError unless both make sense.
 */
export function everyMinutesWhileOpen(
  calendar: ExchangeCalendar,
  minutes: number,
  { delaySeconds = 0 }: { delaySeconds?: number } = {},
): Schedule {
  const interval = minutes * MINUTE;
  const delay = delaySeconds * 1000;
  if (!(interval > 0)) throw new RangeError(`the interval must be above 0 minutes, not ${minutes}`);
  if (!(delay >= 0)) throw new RangeError(`the delay must not be negative: ${delaySeconds} seconds`);
  return {
    description:
      `every ${minutes} min while ${calendar.exchange} is open, last at the close` +
      (delaySeconds > 0 ? `, each ${delaySeconds} s later` : ''),
    next(after) {
      const moment = after - delay;
      const session = calendar.sessionAt(moment) ?? nextSession(calendar, moment);
      if (!session) return null;
      const passed = Math.max(0, Math.floor((moment - session.open) / interval));
      return Math.min(session.open + (passed + 1) * interval, session.close) + delay;
    },
  };
}

/**
 * At a wall-clock time of the exchange (`17:00`) on every day it trades, early closes included: 17:00 stays 17:00.
 * RangeError unless the time is `HH:MM`.
 */
export function atExchangeTime(calendar: ExchangeCalendar, time: string): Schedule {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (!match) throw new RangeError(`"${time}" is not a time of day such as 17:00`);
  const minutes = Number(match[1]) * 60 + Number(match[2]);
  return {
    description: `at ${time} ${calendar.timeZone} on trading days`,
    next(after) {
      let session = calendar.session(calendar.dateOf(after)) ?? nextSession(calendar, after);
      while (session) {
        const moment = newYorkMoment(dayOfDate(session.date), minutes);
        if (moment > after) return moment;
        session = nextSession(calendar, session.close);
      }
      return null;
    },
  };
}

/** The session after a moment, or null where the calendar ends. */
function nextSession(calendar: ExchangeCalendar, time: number): ExchangeSession | null {
  try {
    return calendar.next(time);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
