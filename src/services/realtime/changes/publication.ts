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

/** A table that was published stays so for this long: the bindings of thousands of joins are mostly of the same tables. */
const KEPT_MS = 10_000;
const published = new WeakMap<Catalogue, Map<string, { readonly oid: number; readonly until: number }>>();

/** Throws a `SubscribeRefusal` for the first binding that cannot get anything. */
export async function checkBindings(around: Around, role: string, bindings: readonly ChangeBinding[]): Promise<void> {
  for (const binding of bindings) {
    const oid = await publishedTable(around, binding);
    const { table = '*', filter, select } = binding;
    if (table === '*' || (filter === undefined && select === undefined)) continue;
    const known = around.catalogue.known(oid, [role]);
    // What is known may be old: it may let a binding pass, but not refuse it.
    if (known && faultOf(binding, known, role) === undefined) await checkValues(around, role, binding, known);
    else await checkAnew(around, role, binding, oid);
  }
}

async function checkAnew(around: Around, role: string, binding: ChangeBinding, oid: number): Promise<void> {
  const facts = await around.catalogue.read(oid, [role]);
  const fault = facts ? faultOf(binding, facts, role) : 'the table is gone';
  if (fault !== undefined) throw unusable(`${fault}: ${shown(binding)}`);
  await checkValues(around, role, binding, facts!);
}

/** One of the tables that the binding may hear of. */
async function publishedTable(around: Around, binding: ChangeBinding): Promise<number> {
  const { services, publication, catalogue } = around;
  const { schema, table = '*' } = binding;
  const known = published.get(catalogue) ?? new Map<string, { oid: number; until: number }>();
  published.set(catalogue, known);
  const key = JSON.stringify([schema, table]);
  const kept = known.get(key);
  if (kept && kept.until > Date.now()) return kept.oid;
  const found = await services.as(SERVICE, (session) =>
    session.maybeOne<{ oid: number }>(PUBLISHED, [publication, schema, schema === '*' ? '*' : table]),
  );
  if (!found) throw unusable(`Please check Realtime is enabled for the given connect parameters: ${shown(binding)}`);
  known.set(key, { oid: found.oid, until: Date.now() + KEPT_MS });
  return found.oid;
}

function faultOf({ filter, select }: ChangeBinding, facts: TableFacts, role: string): string | undefined {
  const mine = facts.roles.get(role);
  const usable = (name: string) => facts.columns.has(name) && mine?.selectable.has(name);
  const selected = select?.find((name) => !usable(name));
  if (selected !== undefined) return `invalid column for select ${selected}`;
  const compared = conditionsOf(filter).find(({ column }) => !usable(column));
  return compared && `invalid column for filter ${compared.column}`;
}

function conditionsOf(filter: string | undefined): Condition[] {
  return filter === undefined ? [] : parseFilter(filter);
}

/** Whether Postgres can make the values those of the columns' types: it compares them with nothing. */
async function checkValues(
  { database }: Around,
  role: string,
  binding: ChangeBinding,
  facts: TableFacts,
): Promise<void> {
  const asked = conditionsOf(binding.filter).flatMap((condition): Comparison[] => {
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
