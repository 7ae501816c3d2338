/** One batch of changes: which tables, which bindings, who may see them, and the frames. */
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';
import type { Relation } from '#kernel/postgres/replication/pgoutput.ts';
import type { Channel } from '../channels/channel.ts';
import type { RealtimeConfig } from '../config.ts';
import { obtain } from '../obtain.ts';
import { textFrame } from '../socket/frames.ts';
import { messageText } from '../socket/serialiser.ts';
import { type Seen, Visibility } from '../visibility/visibility.ts';
import type { Catalogue, RootTable, TableFacts } from './catalogue.ts';
import { type Comparison, holdsHere, holdsInSql } from './conditions.ts';
import { imageOf } from './image.ts';
import { changePayload, filtered, type Image } from './payload.ts';
import type { RowChange } from './row-change.ts';
import type { Group, Subject, Subscriptions } from './subscriptions.ts';
import { isUnavailable } from './unavailable.ts';

export interface DeliveryOptions {
  readonly database: Database;
  readonly services: Database;
  readonly config: RealtimeConfig;
  readonly log: Logger;
  readonly catalogue: Catalogue;
  readonly subscriptions: Subscriptions;
}

/** Definitions may change while a batch is looked at, but not this often; a commit that waits for a standby takes its time. */
const ATTEMPTS = 100;
const PATIENCE_MS = 30_000;
const LONGEST_WAIT_MS = 50;
/** Frames written before requests get their turn: some milliseconds. */
const FRAMES_A_TURN = 250;

type Wanted = Map<Channel, Map<string, number[]>>;

/** A change and a table under whose name it is wanted: its own, or the partitioned table above it. */
export interface Candidate {
  readonly change: RowChange;
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly groups: readonly Group[];
}

/** A candidate whose table is known, with the groups whose filters hold. */
export interface Matched extends Candidate {
  readonly table: TableFacts;
}

export class Delivery {
  readonly visibility: Visibility;
  readonly #options: DeliveryOptions;
  /** By the relation as the stream described it; a new description is a new object. */
  readonly #roots = new WeakMap<Relation, RootTable | null>();
  delivered = 0;
  dropped = 0;
  lagMs = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.visibility = new Visibility(options);
  }

  /**
   * What fails is shown to nobody, counted and logged; only while the database is away does it reject, with nothing sent, so that it can
   * be tried again.
   */
  async deliver(changes: readonly RowChange[]): Promise<void> {
    if (this.#options.subscriptions.size === 0) return;
    try {
      const candidates = (await Promise.all(changes.map((change) => this.#candidates(change)))).flat();
      if (candidates.length === 0) return;
      await this.#deliver(candidates);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.dropped += changes.length;
      this.#options.log.error({ err: error, changes: changes.length }, 'changes could not be delivered');
    }
  }

  async #candidates(change: RowChange): Promise<Candidate[]> {
    const { subscriptions } = this.#options;
    const { relation, type } = change;
    const found: Candidate[] = [];
    const values = filtered(type, change.row, change.old);
    const named = (name: string) => {
      const index = relation.columns.findIndex((column) => column.name === name);
      return index < 0 ? undefined : { typeOid: relation.columns[index]!.typeOid, value: values[index] };
    };
    const add = (oid: number, schema: string, name: string) => {
      const groups = subscriptions.of(schema, name, type, named);
      if (groups.length > 0) found.push({ change, oid, schema, name, groups });
    };
    add(relation.oid, relation.schema, relation.name);
    const known = this.#roots.get(relation);
    const root = known === undefined ? await this.#root(relation) : known;
    if (root) add(root.oid, root.schema, root.name);
    return found;
  }

  async #root(relation: Relation): Promise<RootTable | null> {
    const root = (await this.#options.catalogue.root(relation.oid)) ?? null;
    this.#roots.set(relation, root);
    return root;
  }

  async #deliver(candidates: readonly Candidate[]): Promise<void> {
    const { catalogue } = this.#options;
    const types = candidates.flatMap(({ change }) => change.relation.columns.map(({ typeOid }) => typeOid));
    await catalogue.loadTypes(new Set(types));
    const { matched, verdicts } = await this.#judge(candidates);
    const images: Image[] = [];
    for (const each of matched) images.push(await imageOf(each, catalogue, this.#options.services));
    // From here on nothing fails: the batch is sent whole. To whom is settled at once, so that who renews his token meanwhile misses
    // nothing; between the frames others get their turn.
    const wanted = matched.map((each, index) => this.#wanted(each, verdicts[index]!));
    let written = 0;
    for (const [index, each] of matched.entries()) {
      written += this.#write(each, images[index]!, wanted[index]!);
      if (written < FRAMES_A_TURN) continue;
      written = 0;
      await setImmediate();
    }
  }

  /** With what is known of the tables, and again from the start when that turns out to be no longer true. */
  async #judge(candidates: readonly Candidate[]): Promise<{ matched: Matched[]; verdicts: Seen[] }> {
    await this.visibility.prepare(candidates);
    const began = Date.now();
    for (let attempt = 0; attempt < ATTEMPTS || Date.now() - began < PATIENCE_MS; attempt++) {
      const known = candidates.flatMap((candidate): Matched[] => {
        const roles = new Set(candidate.groups.map(({ role }) => role));
        const table = this.#options.catalogue.known(candidate.oid, roles);
        return table ? [{ ...candidate, table }] : [];
      });
      const matched = await this.#filter(known);
      const verdicts = await this.visibility.judge(matched);
      if (typeof verdicts === 'object') return { matched, verdicts };
      if (verdicts === 'too early') await delay(Math.min(attempt, LONGEST_WAIT_MS));
    }
    throw new Error('definitions change faster than they can be read, or a commit does not become visible');
  }

  /** Leaves the groups whose conditions all hold. */
  async #filter(candidates: readonly Matched[]): Promise<Matched[]> {
    const open = new Map<string, { comparisons: Comparison[]; decide: ((holds: boolean) => void)[] }>();
    const verdicts = candidates.map(({ change, table, groups }) => {
      const values = valuesByName(change);
      return groups.map((group) => {
        const verdict = { group, holds: true };
        for (const condition of group.conditions) {
          const column = table.columns.get(condition.column);
          const value = values.get(condition.column);
          // A column that is gone, that the log has no value of, or that the role may not read decides nothing in anyone's favour.
          const usable = column && value !== undefined && table.roles.get(group.role)?.selectable.has(condition.column);
          const here = usable ? holdsHere(condition, value, column) : false;
          if (here === undefined && usable) {
            const asked = open.get(group.role) ?? { comparisons: [], decide: [] };
            asked.comparisons.push({ condition, value, sqlType: column.sqlType });
            asked.decide.push((holds) => {
              verdict.holds &&= holds;
            });
            open.set(group.role, asked);
          } else verdict.holds &&= here === true;
          if (!verdict.holds) break;
        }
        return verdict;
      });
    });
    await this.#ask(open);
    return candidates.flatMap((candidate, index): Matched[] => {
      const groups = verdicts[index]!.filter(({ holds }) => holds).map(({ group }) => group);
      return groups.length > 0 ? [{ ...candidate, groups }] : [];
    });
  }

  async #ask(open: ReadonlyMap<string, { comparisons: Comparison[]; decide: ((holds: boolean) => void)[] }>) {
    for (const [role, { comparisons, decide }] of open) {
      const answers = await holdsInSql(this.#options.database, role, comparisons).catch((error: unknown) => {
        if (isUnavailable(error)) throw error;
        this.#options.log.warn({ err: error, role }, 'filters could not be asked of Postgres');
        return comparisons.map(() => false);
      });
      for (const [index, each] of decide.entries()) each(answers[index] === true);
    }
  }

  /** The ids of the bindings that a change is for, by channel and by what of the row they show. */
  #wanted({ groups }: Matched, seen: ReadonlyMap<Group, Iterable<Subject>>): Wanted {
    const wanted: Wanted = new Map();
    for (const group of groups) {
      const payload = this.#payloadKey(group);
      for (const subject of seen.get(group) ?? [])
        for (const { channel, id } of subject.subscriptions) {
          const payloads = obtain(wanted, channel, () => new Map<string, number[]>());
          const ids = obtain(payloads, payload, () => []);
          if (!ids.includes(id)) ids.push(id);
        }
    }
    return wanted;
  }

  #payloadKey({ role, select }: Group): string {
    return JSON.stringify([role, select ?? null]);
  }

  /** Frames are made once for each topic, version and list of ids: most of a crowd shares one. Returns how many were written. */
  #write({ table }: Matched, image: Image, wanted: Wanted): number {
    let written = 0;
    const payloads = new Map<string, string>();
    const frames = new Map<string, Buffer>();
    for (const [channel, byPayload] of wanted) {
      if (!channel.joined) continue;
      for (const [key, ids] of byPayload) {
        const { version, topic, joinRef } = channel;
        const frameKey = `${version} ${joinRef} ${ids} ${key} ${topic}`;
        let frame = frames.get(frameKey);
        if (!frame) {
          let payload = payloads.get(key);
          if (payload === undefined) {
            const [role, select] = JSON.parse(key) as [string, string[] | null];
            const facts = table.roles.get(role)!;
            payload = changePayload(image, table, facts, select ?? undefined, this.#options.config.maxChangeBytes);
            payloads.set(key, payload);
          }
          const envelope = { topic, event: 'postgres_changes', joinRef };
          frame = textFrame(messageText(version, envelope, `{"ids":[${ids}],"data":${payload}}`));
          frames.set(frameKey, frame);
        }
        channel.write(frame);
        written++;
      }
    }
    this.delivered += written;
    if (written > 0) this.lagMs = Date.now() - image.committedAt.getTime();
    return written;
  }
}

function valuesByName(change: RowChange): Map<string, string | null | undefined> {
  const tuple = filtered(change.type, change.row, change.old);
  return new Map(change.relation.columns.map(({ name }, index) => [name, tuple[index]]));
}
