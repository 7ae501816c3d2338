/**
 * Every setting of `system_config`: the shape of its value, its value when the row is missing or wrong, and what reads it. Keys of
 * section 12 that are not here name nothing that exists: openai_enabled (no model is asked for anything).
 */
import Type, { type TSchema } from 'typebox';
import Value from 'typebox/value';
import { DEFAULT_SETTINGS } from './engine.ts';

export interface SettingRule {
  readonly shape: TSchema;
  readonly fallback: unknown;
  /** True: the engine stops rather than run on a value it cannot use. */
  readonly strict?: boolean;
  readonly readBy: string;
}

const Percent = Type.Number({ minimum: 0, maximum: 100 });
const Share = Type.Number({ exclusiveMinimum: 0, maximum: 100 });
const words = (...values: readonly string[]) => Type.Union(values.map((value) => Type.Literal(value)));
const orNull = (shape: TSchema) => Type.Union([shape, Type.Null()]);
const flag = (fallback: boolean, readBy: string): SettingRule => ({ shape: Type.Boolean(), fallback, readBy });

export const SETTING_TABLE = {
  active_phase: {
    shape: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Null()]),
    ...{ fallback: null, strict: true, readBy: 'the universe and the interval of scans' },
  },
  gate: {
    shape: Type.Object({ short: Percent, medium: Percent, long: Percent }),
    ...{ fallback: DEFAULT_SETTINGS.gate, strict: true, readBy: 'the engine' },
  },
  levels_rule: {
    shape: words('score-band', 'legacy'),
    ...{ fallback: DEFAULT_SETTINGS.levelsRule, strict: true, readBy: 'the engine' },
  },
  risk: {
    shape: Type.Object({
      balance: Type.Number({ exclusiveMinimum: 0 }),
      riskPercent: Share,
      positionCapPercent: Share,
    }),
    ...{ fallback: DEFAULT_SETTINGS.risk, strict: true, readBy: 'the engine' },
  },
  public_signals: {
    shape: Type.Union([Type.Boolean(), Type.Number({ minimum: 0, maximum: 8_760 })]),
    ...{ fallback: false, readBy: 'policies: what visitors see; a number is hours of delay' },
  },
  platform_status: {
    shape: words('operational', 'maintenance', 'limited'),
    ...{ fallback: 'operational', readBy: 'every route of /api/v1, and writes of customers' },
  },
  maintenance_message: {
    shape: Type.String({ maxLength: 500 }),
    ...{ fallback: '', readBy: 'refusals while the platform is not operational, public/status' },
  },
  allow_new_signups: flag(true, 'auth/register and every sign-up of /auth/v1'),
  require_email_verification: flag(false, 'auth/register and /auth/v1/signup'),
  session_timeout_minutes: {
    shape: orNull(Type.Integer({ minimum: 5, maximum: 43_200 })),
    ...{ fallback: null, readBy: 'every refresh of a session' },
  },
  max_login_attempts: {
    shape: Type.Integer({ minimum: 1, maximum: 100 }),
    ...{ fallback: 5, readBy: 'auth/login and what counts tries beside it' },
  },
  require_2fa_for_admin: flag(false, 'every route of staff, and what admins read through the data API'),
  default_risk_percentage: { shape: Share, fallback: 2, readBy: 'new accounts' },
  confidence_threshold: {
    shape: Type.Integer({ minimum: 0, maximum: 100 }),
    ...{ fallback: 80, readBy: 'what raises an alert' },
  },
  max_signals_per_day: {
    shape: Type.Integer({ minimum: 1, maximum: 10_000 }),
    ...{ fallback: 50, readBy: 'what raises an alert during a scan' },
  },
  signal_expiry_hours: {
    shape: Type.Number({ minimum: 1, maximum: 720 }),
    ...{ fallback: 24, readBy: 'scans, and approval of signals made by hand' },
  },
  email_notifications_enabled: flag(true, 'the sending of alerts'),
  telegram_notifications_enabled: flag(true, 'the sending of alerts'),
  notification_frequency: {
    shape: words('immediate', 'hourly', 'daily'),
    ...{ fallback: 'immediate', readBy: 'alerts to people who chose nothing' },
  },
  polygon_enabled: flag(true, 'the fetching of bars before a scan'),
  make_enabled: flag(true, 'the sending of alerts'),
} as const satisfies Readonly<Record<string, SettingRule>>;

export type SettingKey = keyof typeof SETTING_TABLE;

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(SETTING_TABLE, key);
}

/** The value as it may be used: what does not fit reads as the fallback. */
export function usable(key: SettingKey, value: unknown): unknown {
  const { shape, fallback }: SettingRule = SETTING_TABLE[key];
  return Value.Check(shape, value) ? value : fallback;
}
