/** Who is there, in Phoenix's shape: `{key: {metas: [{phx_ref, ...}]}}`. Pure state; the room sends what comes of it. */

/** One tracked channel. `meta` holds `phx_ref` and, after an update, `phx_ref_prev`. */
export interface Presence {
  readonly key: string;
  readonly ref: string;
  readonly meta: Readonly<Record<string, unknown>>;
  /** The process that tracks it. */
  readonly node: string;
}

export type PresenceState = Record<string, { metas: Readonly<Record<string, unknown>>[] }>;
export interface PresenceDiff {
  readonly joins: PresenceState;
  readonly leaves: PresenceState;
}

/** The presences of one room, and what has changed since the last diff. */
export class PresenceList {
  readonly #present = new Map<string, Presence>();
  #joined = new Map<string, Presence>();
  #left = new Map<string, Presence>();

  get size(): number {
    return this.#present.size;
  }

  /** True when a diff is waiting. */
  get changed(): boolean {
    return this.#joined.size > 0 || this.#left.size > 0;
  }

  has(ref: string): boolean {
    return this.#present.has(ref);
  }

  add(presence: Presence): void {
    this.#present.set(presence.ref, presence);
    this.#joined.set(presence.ref, presence);
  }

  /** One that nobody was told of yet goes without a word. */
  remove(ref: string): void {
    const presence = this.#present.get(ref);
    if (!presence) return;
    this.#present.delete(ref);
    if (!this.#joined.delete(ref)) this.#left.set(ref, presence);
  }

  ofNode(node: string): Presence[] {
    return [...this.#present.values()].filter((presence) => presence.node === node);
  }

  takeDiff(): PresenceDiff {
    const diff = { joins: grouped(this.#joined.values()), leaves: grouped(this.#left.values()) };
    this.#joined = new Map();
    this.#left = new Map();
    return diff;
  }

  state(): PresenceState {
    return grouped(this.#present.values());
  }
}

/** Keys come from clients: `__proto__` must be a name like any other. */
function grouped(presences: Iterable<Presence>): PresenceState {
  const state: PresenceState = Object.create(null);
  for (const { key, meta } of presences) {
    state[key] ??= { metas: [] };
    state[key].metas.push(meta);
  }
  return state;
}
