import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nyseCalendar } from '#services/market-data/api.ts';
import type { Plan } from '../plan.ts';
import { digestPeriod } from './digest-period.ts';
import { minutesOfDay, nextAllowed } from './next-allowed.ts';
import { alertSettings, dailyLimit } from './settings.ts';

const calendar = nyseCalendar();
const at = (stored: Record<string, unknown>, moment: string) =>
  new Date(nextAllowed(Date.parse(moment), alertSettings(stored, 'UTC'), calendar)).toISOString();

test('what nobody could mean reads as the default', () => {
  const defaults = alertSettings({}, 'Europe/Berlin');
  assert.deepEqual(
    alertSettings(
      { minimum_score: 'abc', daily_alert_limit: -1, quiet_hours_start: '25:00', timezone: 'Nowhere', digest: 7 },
      'Europe/Berlin',
    ),
    defaults,
  );
  assert.deepEqual([defaults.minimumScore, defaults.dailyLimit, defaults.timeZone], [65, null, 'Europe/Berlin']);
  assert.equal(alertSettings(null, '').timeZone, 'UTC');
});

test('a starter has three a day at most, whatever he sets', () => {
  const limit = (tier: Plan, own: unknown) => dailyLimit(tier, alertSettings({ daily_alert_limit: own }, 'UTC'));
  assert.deepEqual(
    [limit('starter', null), limit('starter', 50), limit('starter', 1), limit('starter', 0)],
    [3, 3, 1, 0],
  );
  assert.deepEqual([limit('professional', null), limit('professional', 5)], [null, 5]);
});

test('trading hours, holidays, early closes and quiet hours over midnight put an alert off', () => {
  const open = { trading_hours_only: true };
  assert.equal(at(open, '2026-11-18T14:29:59Z'), '2026-11-18T14:30:00.000Z');
  assert.equal(at(open, '2026-11-18T14:30:00Z'), '2026-11-18T14:30:00.000Z', 'the opening itself is trading time');
  assert.equal(at(open, '2026-11-25T21:00:00Z'), '2026-11-27T14:30:00.000Z', 'over Thanksgiving');
  assert.equal(at(open, '2026-11-27T18:00:00Z'), '2026-11-30T14:30:00.000Z', 'after the early close');
  const quiet = {
    trading_hours_only: false,
    quiet_hours_start: '22:00',
    quiet_hours_end: '07:00',
    timezone: 'Europe/Berlin',
  };
  assert.equal(at(quiet, '2026-11-18T20:59:00Z'), '2026-11-18T20:59:00.000Z');
  assert.equal(at(quiet, '2026-11-18T21:00:30Z'), '2026-11-19T06:00:00.000Z');
  assert.equal(at(quiet, '2026-10-24T22:30:00Z'), '2026-10-25T06:00:00.000Z', 'the clocks go back that night');
  assert.equal(at(quiet, '2026-03-28T22:30:00Z'), '2026-03-29T05:00:00.000Z', 'and forward that one');
});

test('quiet hours over every session leave the quiet hours alone in force', () => {
  const whole = { quiet_hours_start: '09:00', quiet_hours_end: '17:00', timezone: 'America/New_York' };
  assert.equal(at(whole, '2026-11-18T15:00:00Z'), '2026-11-18T22:00:00.000Z');
});

test('the moment is never earlier, never quiet, and stays once it is reached', () => {
  const moment = fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-01-01') });
  const minute = fc.integer({ min: 0, max: 1439 });
  const zone = fc.constantFrom('UTC', 'America/New_York', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(moment, minute, minute, zone, fc.boolean(), (now, start, end, timeZone, tradingHoursOnly) => {
      const settings = {
        ...alertSettings({}, timeZone),
        timeZone,
        tradingHoursOnly,
        quiet: start === end ? null : { start, end },
      };
      const due = nextAllowed(now, settings, calendar);
      assert.ok(due >= now);
      const local = minutesOfDay(due, timeZone);
      const quiet = start < end ? local >= start && local < end : start !== end && (local >= start || local < end);
      assert.ok(!quiet, new Date(due).toISOString());
      if (!tradingHoursOnly) assert.equal(nextAllowed(due, settings, calendar), due);
    }),
    { numRuns: 300 },
  );
});

test('a digest is due each hour, each evening, or from Friday evening to Sunday', () => {
  const due = (digest: 'hourly' | 'daily' | 'weekly', moment: string) =>
    digestPeriod(Date.parse(moment), digest, 'America/New_York');
  assert.equal(due('hourly', '2026-11-18T16:59:00Z'), '2026-11-18T11');
  assert.deepEqual([due('daily', '2026-11-18T22:59:00Z'), due('daily', '2026-11-18T23:00:00Z')], [null, '2026-11-18']);
  assert.deepEqual(
    ['2026-11-20T22:59:00Z', '2026-11-20T23:00:00Z', '2026-11-22T12:00:00Z', '2026-11-23T12:00:00Z'].map((moment) =>
      due('weekly', moment),
    ),
    [null, '2026-11-20', '2026-11-20', null],
  );
});
