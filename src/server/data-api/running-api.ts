import { setTimeout as delay } from 'node:timers/promises';
import type { SettingsEnvironment } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import type { Logger } from '#kernel/log.ts';
import type { ConnectionTarget, Database } from '#kernel/postgres/database.ts';
import {
  type ApiRequest,
  type ApiResponse,
  ConfigError,
  createDataApi,
  createRootDocument,
  type DataApi,
  type DataApiSettings,
  readDataApiSettings,
  readDatabaseSettings,
} from '#services/data-api/api.ts';

const RETRY_SECONDS = { first: 1, longest: 32 };

export interface RunningApiOptions {
  readonly environment: SettingsEnvironment;
  readonly file?: string;
  readonly database: Database;
  readonly target: ConnectionTarget;
  readonly log: Logger;
  /** Where the server is found, for OpenAPI. */
  listening(): { host: string; port: number };
}

/**
 * A data API whose settings stand partly in the database. Until these are read (the database may be away) no request is let
 * through, since they may name the schemas, the anonymous role or the function that checks requests: the answer is 503 meanwhile.
 */
export class RunningApi {
  readonly #options: RunningApiOptions;
  readonly #stopped = new AbortController();
  #settings: DataApiSettings;
  #api: DataApi | undefined;
  #retrySeconds = RETRY_SECONDS.first;
  readonly #tried = Promise.withResolvers<void>();

  constructor(options: RunningApiOptions, settings: DataApiSettings) {
    this.#options = options;
    this.#settings = settings;
  }

  get settings(): DataApiSettings {
    return this.#settings;
  }

  get state(): DataApi['state'] {
    return this.#api?.state ?? { ready: false, cache: undefined };
  }

  /** Resolves after the first attempt; while the database is away, attempts go on. Rejects when no attempt can succeed. */
  async open(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      if (error instanceof ConfigError || isDefinite(error)) throw error;
      void this.#keepTrying(error);
    } finally {
      this.#tried.resolve();
    }
  }

  /** Requests that come during the first attempt wait for its end. */
  async handle(request: ApiRequest): Promise<ApiResponse> {
    if (!this.#api) await this.#tried.promise;
    return this.#api ? this.#api.handle(request) : unavailable(this.#retrySeconds);
  }

  async reloadSchema(): Promise<void> {
    await this.#api?.reloadSchema();
  }

  /** Settings that are wrong leave the old ones in force. */
  async reloadConfig(): Promise<void> {
    if (!this.#api) return;
    try {
      this.#api.setConfig(await this.#readSettings());
      this.#options.log.info('config reloaded');
    } catch (error) {
      this.#options.log.error({ err: error }, 'failed re-loading config; the old one stays');
    }
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#api?.close();
  }

  async #open(): Promise<void> {
    const { database, target, log, listening } = this.#options;
    const config = await this.#readSettings();
    if (this.#stopped.signal.aborted) return;
    this.#api = createDataApi({
      database,
      listenTarget: target,
      config,
      log,
      rootDocument: (request) => createRootDocument(listening())(request),
      reloadConfig: () => this.#readSettings(),
    });
  }

  async #readSettings(): Promise<DataApiSettings['api']> {
    const { environment, file, database, target, log } = this.#options;
    let settings = readDataApiSettings(environment, file);
    const { dbConfig, dbPreConfig } = settings.database;
    if (dbConfig)
      settings = readDataApiSettings(environment, file, await readDatabaseSettings(database, target.user, dbPreConfig));
    for (const warning of settings.warnings) log.warn(warning);
    this.#settings = settings;
    return settings.api;
  }

  async #keepTrying(reason: unknown): Promise<void> {
    for (let error = reason; ; ) {
      const { signal } = this.#stopped;
      this.#options.log.error(
        { err: error, retryAfter: this.#retrySeconds },
        'cannot read the settings in the database',
      );
      await delay(this.#retrySeconds * 1000, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#open();
        return;
      } catch (next) {
        error = next;
        this.#retrySeconds = Math.min(2 * this.#retrySeconds, RETRY_SECONDS.longest);
      }
    }
  }
}

/** A wrong password, user or database, or a pre-config function that fails: trying again changes nothing. */
function isDefinite(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  const state = code === 'UNAVAILABLE' ? cause?.code : code;
  return typeof state === 'string' && /^(28|3D|42|P0)/.test(state);
}

/** What the person at the command line reads when `open` has rejected. */
export function startError(error: unknown): OperatorError {
  if (error instanceof ConfigError) return new OperatorError(`Error in config: ${error.message}`);
  const { message, cause } = error as Error;
  return new OperatorError(
    `cannot read the settings in the database: ${(cause as Error | undefined)?.message ?? message}`,
    {
      remedy: 'Check db-uri and db-pre-config, or switch the settings in the database off with db-config = false.',
      cause: error,
    },
  );
}

function unavailable(retrySeconds: number): ApiResponse {
  const problem = {
    code: 'PGRST002',
    message: 'Could not query the database for the schema cache. Retrying.',
    details: null,
    hint: null,
  };
  return {
    status: 503,
    headers: [
      ['Content-Type', 'application/json; charset=utf-8'],
      ['Retry-After', String(retrySeconds)],
    ],
    body: Buffer.from(JSON.stringify(problem)),
  };
}
