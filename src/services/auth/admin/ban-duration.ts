import { validationFailed } from '../errors.ts';

/** Milliseconds of each unit of Go's durations. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Postgres' last year has no end that Date could say; a longer ban is as good as this one. */
const LATEST = Date.UTC(9999, 11, 31);

/**
 * `banned_until` for a `ban_duration` as time.ParseDuration reads it (`24h`, `1h30m`, `-5s`); null for `none` and for zero, which
 * lift the ban; undefined when nothing was given. Throws validation_failed (400).
 */
export function bannedUntil(duration: string | null | undefined, now: number): Date | null | undefined {
  if (!duration) return undefined;
  if (duration === 'none') return null;
  const milliseconds = parseDuration(duration);
  return milliseconds === 0 ? null : new Date(Math.min(now + milliseconds, LATEST));
}

function parseDuration(text: string): number {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  const parts = [...rest.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]+)/gy)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== rest)
    throw refused(/^\d+\.?\d*$/.test(rest) ? `missing unit in duration` : 'invalid duration', text);
  let total = 0;
  for (const [, number, unit] of parts) {
    const size = UNITS[unit!];
    if (size === undefined) throw refused(`unknown unit ${JSON.stringify(unit)} in duration`, text);
    total += Number(number) * size;
  }
  return sign === '-' ? -total : total;
}

const refused = (problem: string, text: string) =>
  validationFailed(`invalid format for ban duration: time: ${problem} ${JSON.stringify(text)}`);
