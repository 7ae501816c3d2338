import Type from 'typebox';
import Value from 'typebox/value';
import { OperatorError } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { DEFAULT_SETTINGS, type EngineSettings } from '../rules/engine.ts';
import { type PhaseNumber, phaseOf } from '../rules/phases.ts';

const Percent = Type.Number({ minimum: 0, maximum: 100 });
/** What the engine can read. */
export const SETTING_SHAPES = {
  active_phase: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3), Type.Null()]),
  gate: Type.Object({ short: Percent, medium: Percent, long: Percent }),
  levels_rule: Type.Union([Type.Literal('score-band'), Type.Literal('legacy')]),
  risk: Type.Object({
    balance: Type.Number({ exclusiveMinimum: 0 }),
    riskPercent: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
    positionCapPercent: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
  }),
};

export interface Settings extends EngineSettings {
  /** Null: as the configuration says. */
  readonly phase: PhaseNumber | null;
}

/** The engine's settings from `system_config`; a missing row means the default. Throws OperatorError naming a row that is wrong. */
export async function readSettings(session: Session): Promise<Settings> {
  const rows = await session.query<{ key: keyof typeof SETTING_SHAPES; value: unknown }>(
    'select key, value from public.system_config where key = any ($1::text[])',
    [Object.keys(SETTING_SHAPES)],
  );
  const values = new Map(rows.map(({ key, value }) => [key, checked(key, value)]));
  return {
    phase: phaseOf(values.get('active_phase'))?.number ?? null,
    gate: (values.get('gate') as EngineSettings['gate'] | undefined) ?? DEFAULT_SETTINGS.gate,
    levelsRule: (values.get('levels_rule') as EngineSettings['levelsRule'] | undefined) ?? DEFAULT_SETTINGS.levelsRule,
    risk: (values.get('risk') as EngineSettings['risk'] | undefined) ?? DEFAULT_SETTINGS.risk,
  };
}

function checked(key: keyof typeof SETTING_SHAPES, value: unknown): unknown {
  if (Value.Check(SETTING_SHAPES[key], value)) return value;
  throw new OperatorError(`system_config.${key} is ${JSON.stringify(value)}, which the engine cannot use`, {
    remedy: `update public.system_config set value = ... where key = '${key}'; docs: src/products/kurzora/README.md`,
  });
}
