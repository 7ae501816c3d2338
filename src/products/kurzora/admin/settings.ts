import Type, { type TSchema } from 'typebox';
import Value from 'typebox/value';
import { assertOr } from '#kernel/errors.ts';
import { SETTING_SHAPES } from '../queries/settings.ts';

const SHAPES: Readonly<Record<string, TSchema>> = {
  ...SETTING_SHAPES,
  public_signals: Type.Boolean(),
  platform_status: Type.Union([Type.Literal('operational'), Type.Literal('maintenance'), Type.Literal('limited')]),
  maintenance_message: Type.String({ maxLength: 500 }),
  allow_new_signups: Type.Boolean(),
  confidence_threshold: Type.Integer({ minimum: 0, maximum: 100 }),
  max_signals_per_day: Type.Integer({ minimum: 1, maximum: 10_000 }),
};

/** Refuses what would not be understood when it is read. Settings without a shape here take any JSON. */
export function assertSetting(key: string, value: unknown): void {
  const shape = Object.hasOwn(SHAPES, key) ? SHAPES[key] : undefined;
  assertOr(!shape || Value.Check(shape, value), 'VALIDATION_ERROR', `${key} cannot have this value`);
}
