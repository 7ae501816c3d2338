import { OperatorError } from '#kernel/errors.ts';
import type { ExchangeCalendar } from '#services/market-data/api.ts';

export interface AsOf {
  /** Epoch ms. */
  readonly time: number;
  /** How the text was understood, when that is not plain from it. */
  readonly note: string | null;
}

const REMEDY =
  'Give an instant such as 2025-06-10T15:07:00Z, an exchange time such as 2025-06-10T11:07, or a date such as 2022-06-15 (its close).';

/** One year inside the calendar at both ends: a scan also asks for the session before and after. */
const FIRST_YEAR = 1991;
const LAST_YEAR = 2099;

/**
 * Reads `--as-of`. An instant with an offset or Z is taken as it is; a date means that session's close, and on a closed day the
 * last close before it; a time without offset is the exchange's own.
 * Throws OperatorError for anything else, for dates that do not exist and for years the calendar does not hold.
 */
export function parseAsOf(text: string, calendar: ExchangeCalendar): AsOf {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text.trim(),
    );
  if (!match) throw new OperatorError(`"${text}" is not a moment`, { remedy: REMEDY });
  const [, year, month, day, hour, minute, second = '0', fraction = '0', offset] = match;
  const date = `${year}-${month}-${day}`;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).toISOString().slice(0, 10) !== date)
    throw new OperatorError(`there is no day ${date}`, { remedy: REMEDY });
  if (Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR)
    throw new OperatorError(`${date} is beyond what is known of the exchange's sessions`, {
      remedy: `Give a moment from ${FIRST_YEAR} to ${LAST_YEAR}.`,
    });
  if (hour === undefined) return closeOf(date, midnight, calendar);
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw new OperatorError(`"${text}" is not a time of day`, { remedy: REMEDY });
  const wall =
    midnight + (Number(hour) * 3600 + Number(minute) * 60 + Number(second)) * 1000 + Number(fraction.padEnd(3, '0'));
  if (offset) return { time: wall - offsetMs(offset), note: null };
  const time = wall - zoneOffset(wall, calendar.timeZone);
  return { time, note: `${text} read as ${calendar.timeZone} time: ${new Date(time).toISOString()}` };
}

function closeOf(date: string, midnight: number, calendar: ExchangeCalendar): AsOf {
  const session = calendar.session(date);
  if (session)
    return { time: session.close, note: `${date} read as its close: ${new Date(session.close).toISOString()}` };
  const before = calendar.lastClosed(midnight + 12 * 3_600_000);
  const close = new Date(before.close).toISOString();
  return { time: before.close, note: `the exchange is closed on ${date}; taking the close before it: ${close}` };
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset[0] === '-' ? -minutes : minutes) * 60_000;
}

/** What the zone's wall clock is ahead of UTC when it shows `wall`; a time the clocks skip is read with the offset before the jump. */
function zoneOffset(wall: number, timeZone: string): number {
  const guess = offsetAt(wall, timeZone);
  const settled = offsetAt(wall - guess, timeZone);
  return settled === guess
    ? guess
    : offsetAt(wall - settled, timeZone) === settled
      ? settled
      : Math.min(guess, settled);
}

function offsetAt(time: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const shown = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second']);
  return shown - Math.floor(time / 1000) * 1000;
}
