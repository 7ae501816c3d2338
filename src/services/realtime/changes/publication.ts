/** What is published, and whether bindings make sense of it. */
import { type Database, SERVICE } from '#kernel/postgres/database.ts';
import type { ChangeBinding } from '../channels/join-config.ts';
import type { Catalogue, TableFacts } from './catalogue.ts';
import { type Comparison, holdsHere, holdsInSql } from './conditions.ts';
import { type Condition, parseFilter } from './filter.ts';
import { SubscribeRefusal } from './refusal.ts';

interface Around {
  readonly database: Database;
  readonly services: Database;
  readonly publication: string;
  readonly catalogue: Catalogue;
}

/** The partitioned table above a published partition counts as published. */
const PUBLISHED = `
  select c.oid::int8 as oid
  from pg_publication_tables as p
    join pg_namespace as n on n.nspname = p.schemaname join pg_class as t on t.relnamespace = n.oid and t.relname = p.tablename
    join pg_class as c on c.oid in (t.oid, pg_partition_root(t.oid)) join pg_namespace as s on s.oid = c.relnamespace
  where p.pubname = $1 and ($2 = '*' or s.nspname = $2) and ($3 = '*' or c.relname = $3)
  limit 1`;

/** Questions asked and answered once stay answered: bindings of thousands of joins are mostly the same. */
const KEPT = 5000;
const KEPT_MS = 10_000;
const sound = new WeakMap<Catalogue, Map<string, number>>();

/** Throws a `SubscribeRefusal` for the first binding that cannot get anything. */
export async function checkBindings(around: Around, role: string, bindings: readonly ChangeBinding[]): Promise<void> {
  const known = sound.get(around.catalogue) ?? new Map<string, number>();
  sound.set(around.catalogue, known);
  for (const binding of bindings) {
    const { schema, table, filter, select } = binding;
    const key = JSON.stringify([role, schema, table, filter, select]);
    const until = known.get(key);
    if (until !== undefined && until > Date.now()) continue;
    await check(around, role, binding);
    if (known.size >= KEPT) known.clear();
    known.set(key, Date.now() + KEPT_MS);
  }
}

async function check(around: Around, role: string, binding: ChangeBinding): Promise<void> {
  const { services, publication, catalogue } = around;
  const { schema, table = '*', filter, select } = binding;
  const found = await services.as(SERVICE, (session) =>
    session.maybeOne<{ oid: number }>(PUBLISHED, [publication, schema, schema === '*' ? '*' : table]),
  );
  if (!found) {
    const message = 'Please check Realtime is enabled for the given connect parameters';
    throw unusable(`${message}: ${shown(binding)}`);
  }
  if (table === '*' || (filter === undefined && select === undefined)) return;
  const facts = await catalogue.read(found.oid, [role]);
  if (!facts) throw unusable(`the table is gone: ${shown(binding)}`);
  const mine = facts.roles.get(role);
  for (const name of select ?? [])
    if (!facts.columns.has(name) || !mine?.selectable.has(name))
      throw unusable(`invalid column for select ${name}: ${shown(binding)}`);
  const conditions = filter === undefined ? [] : parseFilter(filter);
  for (const { column } of conditions)
    if (!facts.columns.has(column) || !mine?.selectable.has(column))
      throw unusable(`invalid column for filter ${column}: ${shown(binding)}`);
  await checkValues(around, role, conditions, facts, binding);
}

/** Whether Postgres can make the values those of the columns' types: it compares them with nothing. */
async function checkValues(
  { database }: Around,
  role: string,
  conditions: readonly Condition[],
  facts: TableFacts,
  binding: ChangeBinding,
): Promise<void> {
  const asked = conditions.flatMap((condition): Comparison[] => {
    const column = facts.columns.get(condition.column)!;
    if (isCertain(condition, facts)) return [];
    return [{ condition, value: null, sqlType: column.sqlType }];
  });
  if (asked.length === 0) return;
  try {
    await holdsInSql(database, role, asked, true);
  } catch (error) {
    throw unusable(`${(error as Error).message}: ${shown(binding)}`);
  }
}

/** Can be answered without asking for any value. */
function isCertain(condition: Condition, facts: TableFacts): boolean {
  const column = facts.columns.get(condition.column)!;
  const sample = column.typeOid === 16 ? 't' : column.typeOid === 2950 ? '00000000-0000-0000-0000-000000000000' : '0';
  return holdsHere(condition, sample, column) !== undefined;
}

function unusable(what: string): SubscribeRefusal {
  return new SubscribeRefusal('unusable', `Unable to subscribe to changes with given parameters. ${what}`);
}

function shown({ event, schema, table, filter, select }: ChangeBinding): string {
  const parts = [`event: ${event}`, `schema: ${schema}`, `table: ${table ?? '*'}`, `filters: [${filter ?? ''}]`];
  if (select) parts.push(`select: [${select.join(', ')}]`);
  return `[${parts.join(', ')}]`;
}
