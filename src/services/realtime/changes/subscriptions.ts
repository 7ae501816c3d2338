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

/** `public.todos`, or with `*` for any table of a schema or any at all. */
type TableKey = string;

export class Subscriptions {
  readonly #tables = new Map<TableKey, Map<string, Group>>();
  size = 0;

  /** Returns what ends the binding. Throws an Error when its filter cannot be read. */
  add(channel: Channel, binding: ChangeBinding, id: number, claims: Claims): () => void {
    const { schema, table, event, filter, select } = binding;
    const conditions = filter === undefined ? [] : parseFilter(filter);
    const tableKey = `${schema}.${schema === '*' ? '*' : (table ?? '*')}`;
    const { role } = claims;
    const groupKey = JSON.stringify([event, filter ?? '', select ?? null, role]);
    const groups = obtain(this.#tables, tableKey, () => new Map<string, Group>());
    const group = obtain(groups, groupKey, () => newGroup(event, conditions, select, role));
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

  /** Groups that may want a change of this kind in this table. */
  of(schema: string, table: string, event: string): Group[] {
    const found: Group[] = [];
    for (const key of [`${schema}.${table}`, `${schema}.*`, '*.*'])
      for (const group of this.#tables.get(key)?.values() ?? [])
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
