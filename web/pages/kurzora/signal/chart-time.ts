import { TickMarkType, type Time } from 'lightweight-charts';
import { EXCHANGE_TIME_ZONE } from '../../../app/format.ts';
import { currentLanguage, currentLocale } from '../../../app/language.ts';

const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(currentLanguage() === 'en' ? 'en-GB' : currentLocale(), {
    timeZone: EXCHANGE_TIME_ZONE,
    ...options,
  });

const dateOf = (time: Time) => new Date((time as number) * 1000);

/** Labels in the exchange's time; the library itself knows UTC only, and a US session never crosses a UTC midnight. */
export function timeLabels(timeframe: string) {
  const intraday = timeframe.endsWith('H');
  const year = format({ year: 'numeric' });
  const month = format({ month: 'short' });
  const day = format({ day: 'numeric', month: 'short' });
  const clock = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const date = format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  return {
    intraday,
    tick: (time: Time, type: TickMarkType) => {
      if (type === TickMarkType.Year) return year.format(dateOf(time));
      if (type === TickMarkType.Month) return month.format(dateOf(time));
      return (type === TickMarkType.DayOfMonth ? day : clock).format(dateOf(time));
    },
    full: (time: Time) => {
      const text = date.format(dateOf(time)).replace(',', '');
      return intraday ? `${text}, ${clock.format(dateOf(time))}` : text;
    },
  };
}
