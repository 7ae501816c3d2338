import { OperatorError } from '#kernel/errors.ts';
import type { ConfigTable } from '#services/project-folder/api.ts';
import { goDuration } from './duration.ts';

/** A text that says something: neither empty nor a reference to a variable that is not set. */
export function given(table: ConfigTable, path: string): string | undefined {
  const text = table.text(path);
  return text === undefined || text === '' || unset(table, path) ? undefined : text;
}

/** A reference to a variable that is not set: the start has said so. In development what it is needed for is left out. */
export const unset = (table: ConfigTable, path: string): boolean => /^env\(.+\)$/.test(table.text(path) ?? '');

/** A duration as Go writes it, in seconds. */
export function seconds(table: ConfigTable, path: string, fallback: number): number {
  const text = table.text(path);
  if (text === undefined || text === '') return fallback;
  const duration = goDuration(text);
  if (duration === undefined)
    throw new OperatorError(`config.toml: ${path} is "${text}"; it must be a duration such as 10s, 5m or 24h`);
  return duration;
}
