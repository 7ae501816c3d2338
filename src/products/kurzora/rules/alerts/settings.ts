import { PLAN_LIMITS, type Plan } from '../plan.ts';

/** users.notification_settings, as the front end writes it and as anybody may: what makes no sense reads as the default. */
export interface AlertSettings {
  readonly minimumScore: number;
  /** Null: no limit of one's own. */
  readonly dailyLimit: number | null;
  readonly email: boolean;
  readonly telegram: boolean;
  readonly push: boolean;
  readonly tradingHoursOnly: boolean;
  /** Minutes after midnight, start included, end not; may pass midnight. */
  readonly quiet: { readonly start: number; readonly end: number } | null;
  readonly timeZone: string;
  /** How mails come: each at once, or gathered. */
  readonly digest: Digest;
  /** Told when stop or target closes a trade. */
  readonly tradeUpdates: boolean;
  /** How often a summary of the portfolio comes. */
  readonly summary: Summary;
}

export type Digest = 'realtime' | 'hourly' | 'daily' | 'weekly';
export type Summary = 'never' | 'daily' | 'weekly';
const DIGESTS: readonly unknown[] = ['hourly', 'daily', 'weekly'];
const SUMMARIES: readonly unknown[] = ['daily', 'weekly'];

const DEFAULT_MINIMUM = 65;

export function alertSettings(stored: unknown, userTimeZone: string): AlertSettings {
  const given = (stored !== null && typeof stored === 'object' ? stored : {}) as Record<string, unknown>;
  const start = minutes(given['quiet_hours_start']);
  const end = minutes(given['quiet_hours_end']);
  return {
    minimumScore: number(given['minimum_score'], 0, 100) ?? DEFAULT_MINIMUM,
    dailyLimit: number(given['daily_alert_limit'], 0, 1_000_000),
    email: given['email_alerts_enabled'] !== false,
    telegram: given['telegram_alerts_enabled'] === true,
    push: given['push_alerts_enabled'] !== false,
    tradingHoursOnly: given['trading_hours_only'] !== false,
    quiet: start !== null && end !== null && start !== end ? { start, end } : null,
    timeZone: [given['timezone'], userTimeZone].find(isTimeZone) ?? 'UTC',
    digest: DIGESTS.includes(given['digest']) ? (given['digest'] as Digest) : 'realtime',
    tradeUpdates: given['trade_updates_enabled'] !== false,
    summary: SUMMARIES.includes(given['portfolio_summary']) ? (given['portfolio_summary'] as Summary) : 'never',
  };
}

/** Alerts a day: what the plan has at most, and less where somebody set less himself. */
export function dailyLimit(plan: Plan, { dailyLimit: own }: AlertSettings): number | null {
  const most = PLAN_LIMITS[plan].alertsPerDay;
  return most === null ? own : Math.min(most, own ?? most);
}

function number(value: unknown, least: number, most: number): number | null {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) && found >= least && found <= most
    ? Math.floor(found)
    : null;
}

function minutes(value: unknown): number | null {
  const match = typeof value === 'string' ? /^([01]?\d|2[0-3]):([0-5]\d)/.exec(value) : null;
  return match && Number(match[1]) * 60 + Number(match[2]);
}

/** There are some 600; to look at one costs as much as everything else that a person's settings are asked. */
const knownTimeZones = new Set<string>();

export function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string' || value === '') return false;
  if (knownTimeZones.has(value)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    knownTimeZones.add(value);
    return true;
  } catch {
    return false;
  }
}
