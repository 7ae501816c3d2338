/** What a client asks for when it joins, read with the server's defaults. Pure. */

export interface ChangeBinding {
  readonly event: string;
  readonly schema: string;
  readonly table?: string;
  readonly filter?: string;
  readonly select?: readonly string[];
  /** The entry as it came; the reply repeats it. */
  readonly given: Readonly<Record<string, unknown>>;
}

export interface JoinConfig {
  readonly isPrivate: boolean;
  readonly broadcast: { readonly ack: boolean; readonly self: boolean; readonly replicationReady: boolean };
  readonly replay?: { readonly since: number; readonly limit: number };
  readonly presence: { readonly key: string; readonly enabled: boolean };
  readonly changes: readonly ChangeBinding[];
  /** The join is refused, and not only told afterwards, when changes cannot be subscribed to. */
  readonly wait?: { readonly timeoutMs: number };
  readonly accessToken?: string;
}

const REPLAY_LIMIT = 25;
const EVENTS = new Set(['*', 'INSERT', 'UPDATE', 'DELETE']);
const MAX_WAIT_MS = 20_000;
const DEFAULT_WAIT_MS = 15_000;

/** Throws an Error whose message is the reason told to the client. */
export function readJoin(payload: unknown): JoinConfig {
  const given = object(payload);
  const config = object(given['config']);
  const broadcast = object(config['broadcast']);
  const presence = object(config['presence']);
  const isPrivate = config['private'] === true;
  const token = given['access_token'] ?? given['user_token'];
  return {
    isPrivate,
    broadcast: {
      ack: broadcast['ack'] === true,
      self: broadcast['self'] === true,
      replicationReady: broadcast['replication_ready'] === true,
    },
    replay: readReplay(broadcast['replay'], isPrivate),
    // Clients before presence.enabled always wanted to know who is there.
    presence: { key: text(presence['key']) ?? '', enabled: presence['enabled'] !== false },
    changes: readBindings(config['postgres_changes']),
    wait: readWait(config['postgres_changes_options']),
    accessToken: text(token),
  };
}

function readReplay(value: unknown, isPrivate: boolean): JoinConfig['replay'] {
  if (value === undefined || value === null) return undefined;
  const { since, limit = REPLAY_LIMIT } = object(value);
  if (!isPrivate) throw new Error('UnableToReplayMessages: Replay is not allowed for public channels');
  if (typeof since !== 'number' || typeof limit !== 'number' || limit < 1)
    throw new Error('UnableToReplayMessages: Replay params are not valid');
  return { since, limit: Math.min(limit, REPLAY_LIMIT) };
}

function readBindings(value: unknown): ChangeBinding[] {
  if (!Array.isArray(value)) return [];
  return value.map((each) => {
    const given = object(each);
    const { event, schema, table, filter, select } = given;
    const shown = JSON.stringify(given);
    if (typeof event !== 'string' || !EVENTS.has(event.toUpperCase())) throw unusable(`the event of ${shown}`);
    if (schema !== undefined && typeof schema !== 'string') throw unusable(`the schema of ${shown}`);
    if (select !== undefined && select !== null && !isNames(select)) throw unusable(`the select of ${shown}`);
    return {
      event: event.toUpperCase(),
      schema: schema || '*',
      table: text(table),
      filter: text(filter),
      select: isNames(select) && select.length > 0 ? select : undefined,
      given,
    };
  });
}

function unusable(what: string): Error {
  return new Error(`PostgresChangesInvalidParameters: Cannot use ${what}`);
}

const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

function readWait(value: unknown): JoinConfig['wait'] {
  const { wait, timeout } = object(value);
  if (wait !== true) return undefined;
  return { timeoutMs: Math.min(typeof timeout === 'number' && timeout > 0 ? timeout : DEFAULT_WAIT_MS, MAX_WAIT_MS) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Stable integers for the bindings of one channel: equal ones share theirs, different ones never do. */
export function bindingIds(bindings: readonly ChangeBinding[]): number[] {
  const taken = new Map<number, string>();
  return bindings.map(({ event, schema, table, filter, select }) => {
    const name = JSON.stringify([event, schema, table ?? '', filter ?? '', select ?? null]);
    let id = hash27(name);
    while (taken.has(id) && taken.get(id) !== name) id = (id % 0x7ff_ffff) + 1;
    taken.set(id, name);
    return id;
  });
}

/** FNV-1a folded to 27 bits and never 0, which clients take for none. */
function hash27(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  return ((hash >>> 0) % 0x7ff_ffff) + 1;
}
