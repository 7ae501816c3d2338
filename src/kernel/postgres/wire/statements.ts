import { randomBytes } from 'node:crypto';
import type { Field, Statement, Value } from '../database.ts';
import { declaredTypes, type MessageWriter } from './writer.ts';

/** Plans kept a connection; each costs the backend some 10-100 KB. */
const MAX_PREPARED = 256;
/** Longer texts (bulk inserts) are parsed each time: they rarely come back, and would crowd the others out. */
const MAX_PREPARED_TEXT = 16 * 1024;
/** Session-level advisory locks, and the settings that take effect before the next session can reset them. */
const LEAVES_STATE = /pg_(?:try_)?advisory_lock|default_transaction_/i;

const NO_VALUES: readonly Value[] = [];

/** A statement as the server knows it on one connection. */
export interface Prepared {
  readonly key: string;
  /** Empty: the unnamed statement, parsed each time. */
  readonly name: string;
  /** Columns of the answer, once described. Empty for a statement that returns none. */
  fields: readonly Field[];
  /** True once the server has answered Parse and Describe. */
  described: boolean;
  lastUsed: number;
  /** Its text shows that it leaves session state behind, which its command tag would not. */
  readonly leavesState: boolean;
}

/**
 * The prepared statements of one connection, by text and declared parameter types. The names carry a random part, so that
 * no SQL can prepare another statement under a name of ours.
 */
export class PreparedStatements {
  readonly #prefix = `fh_${randomBytes(6).toString('hex')}_`;
  readonly #byKey = new Map<string, Prepared>();
  #toClose: string[] = [];
  #count = 0;
  #clock = 0;

  /** Writes what Parse, Describe and Bind, Execute the statement needs; Parse only where it is new. Throws when it cannot be encoded. */
  write(writer: MessageWriter, statement: Statement): Prepared {
    const { text, values = NO_VALUES } = statement;
    const oids = declaredTypes(values);
    const key = oids ? `${text}\0${oids.join()}` : text;
    const known = this.#byKey.get(key);
    const prepared = known ?? this.#add(writer, key);
    prepared.lastUsed = ++this.#clock;
    try {
      if (!known) {
        writer.parse(prepared.name, text, oids ?? []);
        writer.describe(prepared.name);
      }
      writer.bind(prepared.name, values, statement.binary === true);
      writer.execute();
    } catch (error) {
      if (!known) this.forget(prepared);
      throw error;
    }
    return prepared;
  }

  #add(writer: MessageWriter, key: string): Prepared {
    for (const name of this.#toClose) writer.closeStatement(name);
    this.#toClose = [];
    const named = key.length <= MAX_PREPARED_TEXT;
    if (named && this.#byKey.size >= MAX_PREPARED) this.#evict(writer);
    const name = named ? `${this.#prefix}${++this.#count}` : '';
    const prepared: Prepared = {
      key,
      name,
      fields: [],
      described: false,
      lastUsed: 0,
      leavesState: LEAVES_STATE.test(key),
    };
    if (named) this.#byKey.set(key, prepared);
    return prepared;
  }

  /** Looks at every statement, which is cheap beside the Parse that makes it necessary. */
  #evict(writer: MessageWriter): void {
    let oldest: Prepared | undefined;
    for (const prepared of this.#byKey.values()) if (!oldest || prepared.lastUsed < oldest.lastUsed) oldest = prepared;
    if (!oldest) return;
    this.#byKey.delete(oldest.key);
    writer.closeStatement(oldest.name);
  }

  /** Forgets one that failed to prepare, or whose plan no longer fits; closed before the next Parse (closing what is not there is no error). */
  forget(prepared: Prepared): void {
    if (this.#byKey.get(prepared.key) !== prepared) return;
    this.#byKey.delete(prepared.key);
    this.#toClose.push(prepared.name);
  }

  /** Forgets all of them, after the server has. */
  clear(): void {
    this.#byKey.clear();
    this.#toClose = [];
  }
}
