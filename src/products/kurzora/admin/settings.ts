import Value from 'typebox/value';
import { assertOr } from '#kernel/errors.ts';
import { isSettingKey, SETTING_TABLE, type SettingKey } from '../rules/setting-table.ts';

/** Refuses a key that nothing reads, and a value that would not be understood where it is read. */
export function assertSetting(key: string, value: unknown): asserts key is SettingKey {
  assertOr(isSettingKey(key), 'NOT_FOUND', 'there is no such setting');
  const faults = [...Value.Errors(SETTING_TABLE[key].shape, value)].map(({ message }) => ({ field: 'value', message }));
  assertOr(faults.length === 0, 'VALIDATION_ERROR', `${key} cannot have this value`, faults);
}
