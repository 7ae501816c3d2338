/**
 * Keeps the schema cache current: loads it, listens for `reload schema` and `reload config`, looks for DDL by a fingerprint of the
 * catalogues, and starts over when the database was away. The old cache serves until the new one is there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget } from '#kernel/postgres/database.ts';
import { connectOwner } from '#kernel/postgres/owner.ts';
import type { DataApiConfig } from '../config.ts';
import { loadSchemaCache, type Query } from './load.ts';
import { FINGERPRINT } from './queries.ts';
import type { SchemaCache } from './types.ts';

const POLL_MS = 2000;
const RETRY_SECONDS = { first: 1, longest: 32 };
/** Several NOTIFYs of one migration become one reload. */
const DEBOUNCE_MS = 50;

export interface KeeperOptions {
  readonly target: ConnectionTarget;
  readonly log: Logger;
  config(): DataApiConfig;
  /** On `reload config`. */
  onReloadConfig(): void;
}

export class SchemaCacheKeeper {
  readonly #options: KeeperOptions;
  readonly #stopped = new AbortController();
  readonly #firstAttempt = Promise.withResolvers<void>();
  #cache: SchemaCache | undefined;
  #client: Client | undefined;
  #fingerprint = '';
  /** Read once a connection: files of the server, which cost more than most of the catalogue. */
  #timezones: ReadonlySet<string> | undefined;
  #reloading: Promise<void> = Promise.resolve();
  /** The reload that waits for its turn: it will see whatever was committed before it begins. */
  #waiting: Promise<void> | undefined;
  #scheduled: NodeJS.Timeout | undefined;
  /** Seconds until the next attempt, for Retry-After. */
  retrySeconds = RETRY_SECONDS.first;

  constructor(options: KeeperOptions) {
    this.#options = options;
    void this.#run();
  }

  get cache(): SchemaCache | undefined {
    return this.#cache;
  }

  /** True while the listening connection lives. */
  get connected(): boolean {
    return this.#client !== undefined;
  }

  /** Settled when the first attempt to load has ended, well or not. */
  get firstAttempt(): Promise<void> {
    return this.#firstAttempt.promise;
  }

  /** Reloads run one after the other; rejects when the database refuses. */
  reload(): Promise<void> {
    if (this.#waiting) return this.#waiting;
    const next = this.#reloading
      .catch(() => undefined)
      .then(() => {
        this.#waiting = undefined;
        return this.#load();
      });
    this.#waiting = next;
    this.#reloading = next;
    next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#scheduled);
    await this.#client?.end().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      try {
        await this.#connect();
        await this.reload();
        this.retrySeconds = RETRY_SECONDS.first;
        this.#firstAttempt.resolve();
        await this.#watch();
      } catch (error) {
        if (signal.aborted) break;
        this.#options.log.warn({ err: error, retryAfter: this.retrySeconds }, 'the schema cache cannot be loaded');
        this.#firstAttempt.resolve();
        await delay(this.retrySeconds * 1000, undefined, { signal }).catch(() => undefined);
        this.retrySeconds = Math.min(2 * this.retrySeconds, RETRY_SECONDS.longest);
      }
      await this.#disconnect();
    }
    this.#firstAttempt.resolve();
  }

  async #connect(): Promise<void> {
    const client = await connectOwner(this.#options.target);
    this.#client = client;
    client.on('end', () => {
      if (this.#client === client) this.#client = undefined;
    });
    client.on('notification', ({ payload }) => this.#notified(payload));
    // With nothing on the path, types and functions come with their schemas, and mean the same under any request's path.
    await client.query("set search_path to ''");
    const { dbChannel } = this.#options.config();
    if (dbChannel) await client.query(`listen "${dbChannel.replaceAll('"', '""')}"`);
  }

  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#timezones = undefined;
    await client?.end().catch(() => undefined);
  }

  #notified(payload: string | undefined): void {
    if (payload === 'reload config') this.#options.onReloadConfig();
    else if (payload === undefined || payload === '' || payload === 'reload schema') this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#scheduled);
    this.#scheduled = setTimeout(() => void this.reload().catch(() => undefined), DEBOUNCE_MS);
  }

  /** Returns when the connection has ended. */
  async #watch(): Promise<void> {
    const { signal } = this.#stopped;
    while (this.#client && !signal.aborted) {
      await delay(POLL_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (!this.#client || signal.aborted) return;
      if ((await this.#readFingerprint()) !== this.#fingerprint) await this.reload();
    }
  }

  async #readFingerprint(): Promise<string> {
    const [row] = await this.#query<{ fingerprint: string }>(FINGERPRINT);
    return row?.fingerprint ?? '';
  }

  async #load(): Promise<void> {
    const fingerprint = await this.#readFingerprint();
    const start = performance.now();
    this.#cache = await loadSchemaCache(this.#query, this.#options.config(), this.#timezones);
    this.#timezones = this.#cache.timezones;
    this.#fingerprint = fingerprint;
    this.#options.log.info({ milliseconds: Math.round(performance.now() - start) }, 'schema cache loaded');
  }

  #query: Query = async <R>(text: string, values: readonly unknown[] = []): Promise<R[]> => {
    if (!this.#client) throw new Error('the connection for the schema cache is gone');
    return (await this.#client.query(text, [...values])).rows as R[];
  };
}
