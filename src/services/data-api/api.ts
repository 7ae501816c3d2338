/** The contract of the data API: what the server mounts and what a colleague's module plugs in. */
import type { Logger } from '#kernel/log.ts';
import type { CancelSignal, ConnectionTarget, Database, Row } from '#kernel/postgres/database.ts';
import type { DataApiConfig } from './config.ts';
import type { SchemaCache } from './schema-cache/types.ts';

export interface ApiRequest {
  readonly method: string;
  /** Without the mount's prefix, percent-encoded as it came: `/items`. */
  readonly path: string;
  /** Raw, without the question mark. */
  readonly query: string;
  /** Lower-cased names; values as Node joins them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  /** Aborted when the client goes away. */
  readonly signal?: CancelSignal;
  /** Who asks, when the caller has verified it already (projects); absent: the token is verified here. */
  readonly identity?: { readonly role: string; readonly claims: Readonly<Record<string, unknown>> };
}

export interface ApiResponse {
  readonly status: number;
  /** The reason phrase, where it is not the usual one. */
  readonly statusText?: string;
  /** In order; a name may come twice (Set-Cookie). */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** Everything the root document may need: `query` runs as the requester, in the transaction of the request. */
export interface RootRequest {
  readonly schema: string;
  readonly cache: SchemaCache;
  readonly config: DataApiConfig;
  readonly headers: ApiRequest['headers'];
  query<R = Row>(text: string, values?: readonly string[]): Promise<R[]>;
}

/** Makes the OpenAPI document as JSON text; openapi/ implements it. */
export type RootDocument = (request: RootRequest) => Promise<string>;

export interface DataApiOptions {
  readonly database: Database;
  /** Login of the same role as the database's, for the schema cache and LISTEN. */
  readonly listenTarget: ConnectionTarget;
  readonly config: DataApiConfig;
  readonly log: Logger;
  readonly rootDocument?: RootDocument;
  /** Asked for a fresh configuration on `NOTIFY pgrst, 'reload config'`. */
  readonly reloadConfig?: () => Promise<DataApiConfig>;
}

export interface DataApi {
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** Loads the schema cache again; requests meanwhile use the old one. */
  reloadSchema(): Promise<void>;
  setConfig(config: DataApiConfig): void;
  /** `ready` when a schema cache is loaded and the database answers. */
  readonly state: { readonly ready: boolean; readonly cache: SchemaCache | undefined };
  close(): Promise<void>;
}

export { ConfigError } from './config/config-file.ts';
export { readDatabaseSettings } from './config/database-settings.ts';
export { dumpConfig } from './config/dump-config.ts';
export { databaseTarget, readDataApiSettings } from './config/read-config.ts';
export type { DataApiSettings } from './config/settings.ts';
export { createDataApi } from './create.ts';
export { createNodeListener, type NodeListenerOptions } from './http/node-listener.ts';
export { createRootDocument } from './openapi/root-document.ts';
export { loadSchemaCache } from './schema-cache/load.ts';
