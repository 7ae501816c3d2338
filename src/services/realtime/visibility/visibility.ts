/** Who may see which change. Fails closed: where nothing can be found out, nobody may. */
import type { Logger } from '#kernel/log.ts';
import { type Database, SERVICE } from '#kernel/postgres/database.ts';
import { type Catalogue, fingerprintSql, type TableFacts } from '../changes/catalogue.ts';
import type { Candidate, Matched } from '../changes/delivery.ts';
import type { RowChange } from '../changes/row-change.ts';
import type { Group, Subject } from '../changes/subscriptions.ts';
import { obtain } from '../obtain.ts';
import { visibleTo } from './plain.ts';

/** The subjects of each group that may see one change. */
export type Seen = ReadonlyMap<Group, Iterable<Subject>>;

export interface VisibilityOptions {
  readonly database: Database;
  readonly services: Database;
  readonly catalogue: Catalogue;
  readonly log: Logger;
}

/** Plain questions of one batch on one table and role. */
interface Inquiry {
  readonly table: TableFacts;
  readonly keys: string[][];
  readonly subjects: Set<Subject>;
  readonly receivers: {
    readonly keyIndex: number;
    readonly groups: Group[];
    readonly seen: Map<Group, Iterable<Subject>>;
  }[];
}

export class Visibility {
  readonly #options: VisibilityOptions;
  plain = 0;
  fast = 0;

  constructor(options: VisibilityOptions) {
    this.#options = options;
  }

  /** Makes the catalogue's knowledge of these tables true as of now. */
  async refresh(candidates: readonly Candidate[]): Promise<void> {
    const { catalogue, services } = this.#options;
    const roles = new Map<number, Set<string>>();
    for (const { oid, groups } of candidates) {
      const wanted = roles.get(oid) ?? new Set();
      for (const { role } of groups) wanted.add(role);
      roles.set(oid, wanted);
    }
    const oids = [...roles.keys()];
    const now = await services.as(SERVICE, (session) =>
      session.query<{ oid: number; fingerprint: string | null }>(
        `select o::int8 as oid, ${fingerprintSql('o')} as fingerprint from unnest($1::oid[]) as o`,
        [oids],
      ),
    );
    for (const { oid, fingerprint } of now) {
      const facts = catalogue.known(oid, roles.get(oid)!);
      if (!facts || facts.fingerprint !== fingerprint) await catalogue.read(oid, [...roles.get(oid)!]);
    }
  }

  /** One entry for each change, in order. */
  async judge(matched: readonly Matched[]): Promise<Seen[]> {
    const inquiries = new Map<string, Inquiry>();
    const seen = matched.map((each) => {
      const found = new Map<Group, Iterable<Subject>>();
      for (const [role, groups] of groupedByRole(each.groups)) {
        if (isOpen(each, role)) for (const group of groups) found.set(group, group.subjects.values());
        else this.#inquire(inquiries, each, role, groups, found);
      }
      return found;
    });
    for (const inquiry of inquiries.values()) await this.#ask(inquiry);
    return seen;
  }

  #inquire(
    inquiries: Map<string, Inquiry>,
    { table, change }: Matched,
    role: string,
    groups: Group[],
    seen: Map<Group, Iterable<Subject>>,
  ): void {
    const key = keyOf(change, table);
    if (!key) return;
    const name = `${table.oid} ${role}`;
    const inquiry = obtain(inquiries, name, () => ({ table, keys: [], subjects: new Set<Subject>(), receivers: [] }));
    for (const group of groups) for (const subject of group.subjects.values()) inquiry.subjects.add(subject);
    inquiry.receivers.push({ keyIndex: inquiry.keys.length, groups, seen });
    inquiry.keys.push(key);
  }

  async #ask({ table, keys, subjects, receivers }: Inquiry): Promise<void> {
    // Groups hold a subject each for the same identity: it is asked once.
    const byIdentity = new Map<string, Subject[]>();
    for (const subject of subjects) {
      const same = byIdentity.get(subject.key);
      if (same) same.push(subject);
      else byIdentity.set(subject.key, [subject]);
    }
    const asked = [...byIdentity.values()].map((same) => same[0]!);
    this.plain += asked.length * keys.length;
    try {
      const visible = await visibleTo(this.#options.database, table, keys, asked);
      for (const { keyIndex, groups, seen } of receivers) {
        const identities = new Set([...visible[keyIndex]!].map((subject) => subject.key));
        for (const group of groups)
          seen.set(
            group,
            [...identities].flatMap((identity) => group.subjects.get(identity) ?? []),
          );
      }
    } catch (error) {
      this.#options.log.error({ err: error, table: table.sqlName }, 'visibility could not be asked: shown to nobody');
    }
  }
}

function groupedByRole(groups: readonly Group[]): Map<string, Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of groups) {
    const same = found.get(group.role);
    if (same) same.push(group);
    else found.set(group.role, [group]);
  }
  return found;
}

/**
 * Nothing has to be asked: no policy restricts the role; or the row is gone, of which the key is all that anyone is told; or the
 * change will only say why it cannot be shown.
 */
function isOpen({ table, change }: Matched, role: string): boolean {
  const facts = table.roles.get(role)!;
  if (change.type === 'DELETE' || !facts.restricted) return true;
  return table.key.length === 0 || !facts.mayUseSchema || table.key.some((name) => !facts.selectable.has(name));
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
