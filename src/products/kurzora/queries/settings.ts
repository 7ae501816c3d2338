import Value from 'typebox/value';
import { OperatorError } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { DEFAULT_SETTINGS, type EngineSettings } from '../rules/engine.ts';
import { type PhaseNumber, phaseOf } from '../rules/phases.ts';
import { SETTING_TABLE, type SettingKey, usable } from '../rules/setting-table.ts';

/** What scans read. */
export interface Settings extends EngineSettings {
  /** Null: as the configuration says. */
  readonly phase: PhaseNumber | null;
  readonly signalExpiryHours: number;
  /** False: no bars are fetched from Polygon. */
  readonly polygonEnabled: boolean;
}

const SCAN_KEYS = ['active_phase', 'gate', 'levels_rule', 'risk', 'signal_expiry_hours', 'polygon_enabled'] as const;

/** The engine's settings from `system_config`; a missing row means the default. Throws OperatorError naming a row that is wrong. */
export async function readSettings(session: Session): Promise<Settings> {
  const rows = await session.query<{ key: (typeof SCAN_KEYS)[number]; value: unknown }>(
    'select key, value from public.system_config where key = any ($1::text[])',
    [SCAN_KEYS],
  );
  const values = new Map(rows.map(({ key, value }) => [key, checked(key, value)]));
  return {
    phase: phaseOf(values.get('active_phase'))?.number ?? null,
    gate: (values.get('gate') as EngineSettings['gate'] | undefined) ?? DEFAULT_SETTINGS.gate,
    levelsRule: (values.get('levels_rule') as EngineSettings['levelsRule'] | undefined) ?? DEFAULT_SETTINGS.levelsRule,
    risk: (values.get('risk') as EngineSettings['risk'] | undefined) ?? DEFAULT_SETTINGS.risk,
    signalExpiryHours: usable('signal_expiry_hours', values.get('signal_expiry_hours')) as number,
    polygonEnabled: usable('polygon_enabled', values.get('polygon_enabled')) as boolean,
  };
}

function checked(key: (typeof SCAN_KEYS)[number], value: unknown): unknown {
  if (Value.Check(SETTING_TABLE[key].shape, value)) return value;
  throw new OperatorError(`system_config.${key} is ${JSON.stringify(value)}, which the engine cannot use`, {
    remedy: `update public.system_config set value = ... where key = '${key}'; docs: src/products/kurzora/README.md`,
  });
}

/** Every setting as it may be used. */
export async function readEverySetting(session: Session): Promise<Readonly<Record<SettingKey, unknown>>> {
  const rows = await session.query<{ key: string; value: unknown }>('select key, value from public.system_config');
  const stored = new Map(rows.map(({ key, value }) => [key, value]));
  return Object.fromEntries(
    (Object.keys(SETTING_TABLE) as SettingKey[]).map((key) => [key, usable(key, stored.get(key))]),
  ) as Record<SettingKey, unknown>;
}
