/** One row of a dump: values as Postgres writes them in text, by the columns that the dump names. */
export interface DumpRow {
  readonly table: DumpTable;
  readonly values: Readonly<Record<string, string | null>>;
}

/** What is taken over. */
export type DumpTable = 'users' | 'identities' | 'mfa_factors';

const TABLES = new Set<string>(['users', 'identities', 'mfa_factors'] satisfies DumpTable[]);

export const isDumpTable = (schema: string, table: string): table is DumpTable =>
  schema === 'auth' && TABLES.has(table);

/** Which table rows with these columns come from. */
export function tableOfColumns(columns: readonly string[]): DumpTable | undefined {
  const has = new Set(columns);
  if (has.has('identity_data')) return 'identities';
  if (has.has('factor_type')) return 'mfa_factors';
  return has.has('id') && (has.has('email') || has.has('phone')) ? 'users' : undefined;
}
