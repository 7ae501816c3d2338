import { OperatorError } from '#kernel/errors.ts';

/** Typed access to the values of a parsed config.toml by their path. A value of the wrong kind is an OperatorError that names the key. */
export interface ConfigTable {
  text(path: string): string | undefined;
  flag(path: string, fallback: boolean): boolean;
  integer(path: string): number | undefined;
  texts(path: string): readonly string[] | undefined;
  /** The table at this path; empty when there is none. */
  table(path: string): Readonly<Record<string, unknown>>;
}

export function configTable(config: Readonly<Record<string, unknown>>, file: string): ConfigTable {
  const at = (path: string): unknown =>
    path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key] ?? undefined, config);
  const wrong = (path: string, right: string): never => {
    throw new OperatorError(`${file}: ${path} is ${JSON.stringify(at(path))}; it must be ${right}`);
  };
  return {
    text: (path) => {
      const value = at(path);
      return value === undefined || typeof value === 'string' ? value : wrong(path, 'a text');
    },
    flag: (path, fallback) => {
      const value = at(path) ?? fallback;
      if (value === true || value === 'true') return true;
      return value === false || value === 'false' ? false : wrong(path, 'true or false');
    },
    integer: (path) => {
      const value = at(path);
      if (value === undefined) return undefined;
      const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
      return Number.isSafeInteger(number) ? (number as number) : wrong(path, 'a whole number');
    },
    texts: (path) => {
      const value = at(path);
      if (value === undefined) return undefined;
      return Array.isArray(value) && value.every((each) => typeof each === 'string')
        ? value
        : wrong(path, 'a list of texts');
    },
    table: (path) => (at(path) ?? {}) as Readonly<Record<string, unknown>>,
  };
}
