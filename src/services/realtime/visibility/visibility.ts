/** Who may see which change. Fails closed: where nothing can be found out, nobody may. */
import type { Logger } from '#kernel/log.ts';
import { type Database, type RawResult, SERVICE } from '#kernel/postgres/database.ts';
import { type Catalogue, fingerprintSql, type TableFacts } from '../changes/catalogue.ts';
import type { Candidate, Matched } from '../changes/delivery.ts';
import type { RowChange } from '../changes/row-change.ts';
import type { Group, Subject } from '../changes/subscriptions.ts';
import { isUnavailable } from '../changes/unavailable.ts';
import { obtain } from '../obtain.ts';
import { readRows, rowsStatement } from './fast.ts';
import { visibleTo } from './plain.ts';
import { type Answer, type RowFacts, type Rule, ruleOf, type Verdict, verdictOn } from './rule.ts';
import { sees } from './snapshot.ts';

/** The subjects of each group that may see one change. */
export type Seen = ReadonlyMap<Group, Iterable<Subject>>;

export interface VisibilityOptions {
  readonly database: Database;
  readonly services: Database;
  readonly catalogue: Catalogue;
  readonly log: Logger;
}

/** What is asked about one table as one role. */
interface Inquiry {
  readonly table: TableFacts;
  readonly role: string;
  readonly keys: string[][];
  readonly receivers: Receiver[];
}

interface Receiver {
  readonly keyIndex: number;
  readonly groups: readonly Group[];
  readonly seen: Map<Group, Subject[]>;
}

interface RuledRows {
  readonly rule: Rule;
  /** One for each key; undefined for a row that is gone. */
  readonly rows: readonly (RowFacts | undefined)[];
}

const FINGERPRINTS = `select pg_current_snapshot(), o::int8, ${fingerprintSql('o')} from unnest($1::oid[]) as o`;

/** Subjects of one group about which, and one row, Postgres has to be asked. */
interface Open {
  readonly keyIndex: number;
  readonly group: Group;
  readonly seen: Map<Group, Subject[]>;
  readonly subjects: readonly Subject[];
}

export class Visibility {
  readonly #options: VisibilityOptions;
  /** By the facts they were made from: new facts, new rules. */
  readonly #rules = new WeakMap<TableFacts, Map<string, Rule | 'none'>>();
  /** Verdicts given, row by subject; the quick check counts the subjects it had to look at. */
  plain = 0;
  fast = 0;
  /** Changes that one role was not shown since the check failed. */
  failed = 0;
  /** Only the plain check is used; to compare the two. */
  plainOnly = false;

  constructor(options: VisibilityOptions) {
    this.#options = options;
  }

  /** Makes sure that something is known of these tables; `judge` finds out whether it is still true. */
  async prepare(candidates: readonly Candidate[]): Promise<void> {
    for (const [oid, roles] of rolesByTable(candidates))
      if (!this.#options.catalogue.known(oid, roles)) await this.#options.catalogue.read(oid, [...roles]);
  }

  /**
   * One entry for each change, in order. `stale`: what was known of a table has changed, and with it perhaps what matched; the catalogue
   * has been read anew, and everything must be asked again. `too early`: a transaction whose commit stands in the log is not visible yet.
   */
  async judge(matched: readonly Matched[]): Promise<Seen[] | 'stale' | 'too early'> {
    if (matched.length === 0) return [];
    const inquiries = new Map<string, Inquiry>();
    const seen = matched.map((each) => {
      const found = new Map<Group, Subject[]>();
      for (const [role, groups] of groupedByRole(each.groups)) {
        const access = accessOf(each, role);
        if (access === 'open') for (const group of groups) found.set(group, [...group.subjects.values()]);
        else if (access === 'ask') this.#inquire(inquiries, each, role, groups, found);
      }
      return found;
    });
    const rows = await this.#look(matched, [...inquiries.values()]);
    if (rows === 'stale' || rows === 'too early') return rows;
    for (const inquiry of inquiries.values()) await this.#answer(inquiry, rows.get(inquiry));
    return seen;
  }

  /** In one round trip: whether the tables are as they were, and the rows of those that have a rule. */
  async #look(
    matched: readonly Matched[],
    inquiries: readonly Inquiry[],
    plainly = this.plainOnly,
  ): Promise<Map<Inquiry, RuledRows> | 'stale' | 'too early'> {
    const { services, log } = this.#options;
    const ruled = inquiries.flatMap((inquiry) => {
      const rule = plainly ? undefined : this.#ruleOf(inquiry.table, inquiry.role);
      return rule ? [{ inquiry, rule }] : [];
    });
    const tables = new Map(matched.map(({ table }) => [table.oid, table]));
    const others = [...tables.keys()].filter((oid) => !ruled.some(({ inquiry }) => inquiry.table.oid === oid));
    const statements = ruled.map(({ inquiry, rule }) => rowsStatement(inquiry.table, rule, inquiry.keys));
    if (others.length > 0) statements.push({ text: FINGERPRINTS, values: [others] });
    let results: RawResult[];
    try {
      results = await services.oneShot(SERVICE, statements);
    } catch (error) {
      if (plainly || isUnavailable(error)) throw error;
      // E.g. service_role may not read a table, or it is locked: then each subscriber is asked.
      log.warn({ err: error }, 'rows could not be read for the quick check of visibility');
      return this.#look(matched, inquiries, true);
    }
    const snapshot = results[0]!.rows[0]![0]!.toString('latin1');
    if (!matched.every(({ change }) => sees(snapshot, change.xid))) return 'too early';
    const found = new Map<Inquiry, RuledRows>();
    const stale = new Set<number>();
    for (const [index, { inquiry, rule }] of ruled.entries()) {
      const { table, keys } = inquiry;
      const rows = readRows(results[index]!, table, rule, keys.length);
      if (rows === 'stale') stale.add(table.oid);
      else found.set(inquiry, { rule, rows });
    }
    for (const [, oid, fingerprint] of results[ruled.length]?.rows ?? []) {
      const number = Number(oid!.toString('latin1'));
      if (fingerprint?.toString('latin1') !== tables.get(number)!.fingerprint) stale.add(number);
    }
    if (stale.size === 0) return found;
    for (const [oid, roles] of rolesByTable(matched.filter(({ table }) => stale.has(table.oid))))
      await this.#options.catalogue.read(oid, [...roles]);
    return 'stale';
  }

  #inquire(
    inquiries: Map<string, Inquiry>,
    { table, change }: Matched,
    role: string,
    groups: readonly Group[],
    seen: Map<Group, Subject[]>,
  ): void {
    const key = keyOf(change, table);
    if (!key) return;
    const inquiry = obtain(
      inquiries,
      `${table.oid} ${role}`,
      () => ({ table, role, keys: [], receivers: [] }) as Inquiry,
    );
    inquiry.receivers.push({ keyIndex: inquiry.keys.length, groups, seen });
    inquiry.keys.push(key);
  }

  /** By the rule where there is one; what it cannot say is asked subject by subject. */
  async #answer(inquiry: Inquiry, ruled: RuledRows | undefined): Promise<void> {
    const { role, receivers } = inquiry;
    try {
      const open: Open[] = [];
      for (const { keyIndex, groups, seen } of receivers) {
        const row = ruled?.rows[keyIndex];
        if (ruled && !row) continue;
        const verdict = ruled && row && verdictOn(ruled.rule, role, row);
        for (const group of groups) {
          const subjects = verdict ? this.#choose(group, verdict, seen) : [...group.subjects.values()];
          if (subjects.length > 0) open.push({ keyIndex, group, seen, subjects });
        }
      }
      if (open.length > 0) await this.#ask(inquiry, open);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.failed += receivers.length;
      for (const { groups, seen } of receivers) for (const group of groups) seen.delete(group);
      const table = inquiry.table.sqlName;
      this.#options.log.error({ err: error, table }, 'visibility could not be asked: shown to nobody');
    }
  }

  #ruleOf(table: TableFacts, role: string): Rule | undefined {
    const rules = this.#rules.get(table) ?? new Map<string, Rule | 'none'>();
    this.#rules.set(table, rules);
    const rule = obtain(rules, role, () => ruleOf(table, role) ?? 'none');
    return rule === 'none' ? undefined : rule;
  }

  /** Notes who sees the row for certain; returns those of whom it is not certain. */
  #choose(group: Group, { named, others, nobody }: Verdict, seen: Map<Group, Subject[]>): Subject[] {
    const chosen: Subject[] = [];
    const open: Subject[] = [...group.oddUid];
    const put = (answer: Answer, subjects: Iterable<Subject>) => {
      if (answer === true) chosen.push(...subjects);
      else if (answer === 'ask') open.push(...subjects);
    };
    put(nobody, group.withoutUid);
    if (others !== false) for (const [uid, subjects] of group.byUid) put(named.get(uid) ?? others, subjects);
    else for (const [uid, answer] of named) put(answer, group.byUid.get(uid) ?? []);
    this.fast += chosen.length;
    seen.set(group, chosen);
    return open;
  }

  /** Adds to `seen` what Postgres says. Groups hold a subject each for one identity: it is asked once about a row. */
  async #ask({ table, keys }: Inquiry, open: readonly Open[]): Promise<void> {
    const known = new Map<string, Subject>();
    const questions = new Map<Subject, Set<number>>();
    for (const { keyIndex, subjects } of open)
      for (const each of subjects) {
        const subject = obtain(known, each.key, () => each);
        obtain(questions, subject, () => new Set<number>()).add(keyIndex);
      }
    const asked = new Map([...questions].map(([subject, indices]) => [subject, [...indices]]));
    for (const indices of asked.values()) this.plain += indices.length;
    const visible = await visibleTo(this.#options.database, table, keys, asked);
    for (const { keyIndex, group, seen, subjects } of open) {
      const mine = subjects.filter(({ key }) => visible[keyIndex]!.has(known.get(key)!));
      seen.set(group, [...(seen.get(group) ?? []), ...mine]);
    }
  }
}

function groupedByRole(groups: readonly Group[]): Map<string, Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of groups) obtain(found, group.role, () => [] as Group[]).push(group);
  return found;
}

/**
 * `open`: nothing has to be asked, since no policy restricts the role; or the row is gone, of which the key is all that anyone is
 * told; or the change will only say why it cannot be shown. `closed`: a role that may read nothing of a table hears nothing of what
 * was deleted in it.
 */
function accessOf({ table, change }: Matched, role: string): 'open' | 'ask' | 'closed' {
  const facts = table.roles.get(role)!;
  if (change.type === 'DELETE') return facts.mayUseSchema && facts.selectable.size > 0 ? 'open' : 'closed';
  if (!facts.restricted) return 'open';
  const unreadable =
    table.key.length === 0 || !facts.mayUseSchema || table.key.some((name) => !facts.selectable.has(name));
  return unreadable ? 'open' : 'ask';
}

/** Values of the primary key's columns; undefined when the log does not have them. */
function keyOf({ relation, row }: RowChange, table: TableFacts): string[] | undefined {
  const key: string[] = [];
  for (const name of table.key) {
    const value = row?.[relation.columns.findIndex((column) => column.name === name)];
    if (value === undefined || value === null) return undefined;
    key.push(value);
  }
  return key;
}

function rolesByTable(candidates: readonly Candidate[]): Map<number, Set<string>> {
  const roles = new Map<number, Set<string>>();
  for (const { oid, groups } of candidates) {
    const wanted = obtain(roles, oid, () => new Set<string>());
    for (const { role } of groups) wanted.add(role);
  }
  return roles;
}
