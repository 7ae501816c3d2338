/** Who wants which changes: bindings by table, and in a table by what has to be decided once for all of them. */
import type { Channel } from '../channels/channel.ts';
import type { ChangeBinding } from '../channels/join-config.ts';
import type { Claims } from '../contract.ts';
import { obtain } from '../obtain.ts';
import { type Condition, parseFilter } from './filter.ts';

/** One identity that asks: everybody with the same role and claims sees the same rows. */
export interface Subject {
  readonly key: string;
  readonly role: string;
  /** JSON, as the session sets it. */
  readonly claims: string;
  readonly sub: unknown;
  readonly subscriptions: Set<Subscription>;
}

export interface Subscription {
  readonly channel: Channel;
  readonly id: number;
  readonly subject: Subject;
}

/** Bindings with the same event, filter, columns and role: whether a change concerns them is one question. */
export interface Group {
  readonly event: string;
  readonly conditions: readonly Condition[];
  readonly select: readonly string[] | undefined;
  readonly role: string;
  readonly subjects: Map<string, Subject>;
  /** Subjects by the account's id, for policies that compare it with a column; lower case, as Postgres prints it. */
  readonly byUid: Map<string, Set<Subject>>;
  /** Those whose token names no account. */
  readonly withoutUid: Set<Subject>;
  /** Those whose `sub` is not the usual form of a uuid: only Postgres says what it makes of them. */
  readonly oddUid: Set<Subject>;
  size: number;
}

/**
 * The groups of one table. Of thousands that each want rows of one account, a change concerns a few: those that compare a column with
 * a uuid or a plain integer are found by the value, and only where the column's type makes equal values equal texts.
 */
class TableGroups {
  readonly #all = new Map<string, Group>();
  readonly #unplaced = new Set<Group>();
  readonly #byColumn = new Map<string, Map<string, Set<Group>>>();

  get size(): number {
    return this.#all.size;
  }

  obtain(key: string, make: () => Group): Group {
    const known = this.#all.get(key);
    if (known) return known;
    const group = make();
    this.#all.set(key, group);
    const place = placeOf(group);
    if (!place) this.#unplaced.add(group);
    else {
      const values = obtain(this.#byColumn, place.column, () => new Map<string, Set<Group>>());
      obtain(values, place.value, () => new Set<Group>()).add(group);
    }
    return group;
  }

  delete(key: string): void {
    const group = this.#all.get(key);
    if (!group) return;
    this.#all.delete(key);
    this.#unplaced.delete(group);
    const place = placeOf(group);
    if (!place) return;
    const values = this.#byColumn.get(place.column)!;
    const same = values.get(place.value)!;
    same.delete(group);
    if (same.size === 0) values.delete(place.value);
    if (values.size === 0) this.#byColumn.delete(place.column);
  }

  /** At least all groups whose equalities hold for the row. */
  *near(row: NamedValues): Iterable<Group> {
    yield* this.#unplaced;
    for (const [name, values] of this.#byColumn) {
      const column = row(name);
      // A column that is gone, or of which the log has no value, equals nothing.
      if (column === undefined || column.value === undefined || column.value === null) continue;
      if (PLACED_TYPES.has(column.typeOid)) yield* values.get(column.value) ?? [];
      else for (const groups of values.values()) yield* groups;
    }
  }
}

/** A column of a changed row, with its value as Postgres prints it; null, and undefined where the log has none. */
export type NamedValues = (
  column: string,
) => { readonly typeOid: number; readonly value: string | null | undefined } | undefined;

/** bigint, smallint, integer and uuid print one text for one value. */
const PLACED_TYPES = new Set([20, 21, 23, 2950]);
const PLAIN_INTEGER = /^(0|-?[1-9]\d*)$/;

function placeOf({ conditions }: Group): { column: string; value: string } | undefined {
  for (const { column, operator, negated, values } of conditions) {
    const [value = ''] = values;
    if (operator !== 'eq' || negated) continue;
    if (UUID.test(value)) return { column, value: value.toLowerCase() };
    if (PLAIN_INTEGER.test(value)) return { column, value };
  }
  return undefined;
}

/** `public.todos`, or with `*` for any table of a schema or any at all. */
type TableKey = string;

export class Subscriptions {
  readonly #tables = new Map<TableKey, TableGroups>();
  size = 0;

  /** Returns what ends the binding. Throws an Error when its filter cannot be read. */
  add(channel: Channel, binding: ChangeBinding, id: number, claims: Claims): () => void {
    const { schema, table, event, filter, select } = binding;
    const conditions = filter === undefined ? [] : parseFilter(filter);
    const tableKey = `${schema}.${schema === '*' ? '*' : (table ?? '*')}`;
    const { role } = claims;
    const groupKey = JSON.stringify([event, filter ?? '', select ?? null, role]);
    const groups = obtain(this.#tables, tableKey, () => new TableGroups());
    const group = groups.obtain(groupKey, () => newGroup(event, conditions, select, role));
    const subject = enlist(group, claims);
    const subscription = { channel, id, subject };
    subject.subscriptions.add(subscription);
    group.size++;
    this.size++;
    const home = { groups, group };
    return () => {
      if (!subject.subscriptions.delete(subscription)) return;
      this.size--;
      home.group.size--;
      if (subject.subscriptions.size === 0) dismiss(home.group, subject);
      if (home.group.size === 0) home.groups.delete(groupKey);
      if (home.groups.size === 0 && this.#tables.get(tableKey) === home.groups) this.#tables.delete(tableKey);
    };
  }

  /** Groups that may want a change of this kind in this table; of those that want one value of a column, the ones of the row's. */
  of(schema: string, table: string, event: string, row: NamedValues): Group[] {
    const found: Group[] = [];
    for (const key of [`${schema}.${table}`, `${schema}.*`, '*.*'])
      for (const group of this.#tables.get(key)?.near(row) ?? [])
        if (group.event === '*' || group.event === event) found.push(group);
    return found;
  }
}

function newGroup(event: string, conditions: Condition[], select: Group['select'], role: string): Group {
  return {
    event,
    conditions,
    select,
    role,
    subjects: new Map(),
    byUid: new Map(),
    withoutUid: new Set(),
    oddUid: new Set(),
    size: 0,
  };
}

function enlist(group: Group, claims: Claims): Subject {
  const text = JSON.stringify(claims);
  const known = group.subjects.get(text);
  if (known) return known;
  const subject = {
    key: text,
    role: claims.role,
    claims: text,
    sub: claims.sub,
    subscriptions: new Set<Subscription>(),
  };
  group.subjects.set(text, subject);
  const uid = uidOf(subject);
  if (uid === undefined) group.withoutUid.add(subject);
  else if (uid === 'odd') group.oddUid.add(subject);
  else obtain(group.byUid, uid, () => new Set<Subject>()).add(subject);
  return subject;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function uidOf({ sub }: Subject): string | 'odd' | undefined {
  if (sub === undefined || sub === null) return undefined;
  return typeof sub === 'string' && UUID.test(sub) ? sub.toLowerCase() : 'odd';
}

function dismiss(group: Group, subject: Subject): void {
  group.subjects.delete(subject.key);
  group.withoutUid.delete(subject);
  group.oddUid.delete(subject);
  const uid = uidOf(subject);
  if (uid === undefined) return;
  const same = group.byUid.get(uid);
  same?.delete(subject);
  if (same?.size === 0) group.byUid.delete(uid);
}
