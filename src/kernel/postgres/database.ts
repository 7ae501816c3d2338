/**
 * The contract of the one way to the data. A session is one transaction whose first statement sets role, claims and
 * request id, transaction-local; row level security decides everything else. Implemented by `openDatabase` in session.ts.
 */

/** Who a session acts as. `claims` is what `auth.jwt()` returns inside the session; frozen ones are written as JSON only once. */
export interface Identity {
  /** Database role the session becomes: anon, authenticated, service_role, or any role the login role may SET. */
  readonly role: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Claims of a verified access token; `sub` is the account id. */
export interface UserClaims {
  readonly sub: string;
  readonly role?: string;
  readonly [claim: string]: unknown;
}

export interface SessionOptions {
  /** Set as `request.id`, and part of every log line about this session. */
  readonly requestId?: string;
  /** Further transaction-local settings, e.g. `request.headers`, `request.method`. Names must be `prefix.name` or known GUCs. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly readOnly?: boolean;
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** Milliseconds; default from the pool. The backend is cancelled, SQLSTATE 57014. */
  readonly statementTimeoutMs?: number;
  /** Cancels the running statement and rejects with an AbortError. */
  readonly signal?: CancelSignal;
}

/** What sessions need of an AbortSignal, so that something lighter can stand in where there is one for every request. */
export interface CancelSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * A parameter. Strings, numbers, booleans, bigint, Date and null go as text with the type left unknown, so that Postgres
 * infers it; Uint8Array goes as bytea; arrays as array literals; other objects as JSON. `Binary` names the type itself.
 */
export type Value =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | Date
  | Uint8Array
  | Binary
  | readonly Value[]
  | { readonly [key: string]: unknown };

/** A parameter in Postgres' binary format of the type with this oid. */
export class Binary {
  readonly oid: number;
  readonly bytes: Uint8Array;
  constructor(oid: number, bytes: Uint8Array) {
    this.oid = oid;
    this.bytes = bytes;
  }
}

export interface Statement {
  readonly text: string;
  readonly values?: readonly Value[];
  /** Ask for all result columns in binary format (raw results only). */
  readonly binary?: boolean;
}

export interface Field {
  readonly name: string;
  readonly oid: number;
  readonly tableOid: number;
}

/** A result as it came: each column the bytes Postgres sent, text format unless `binary` was asked for. */
export interface RawResult {
  readonly fields: readonly Field[];
  readonly rows: readonly (readonly (Buffer | null)[])[];
  /** e.g. `SELECT 3`, `INSERT 0 1`. */
  readonly command: string;
  /** Rows affected or returned. */
  readonly count: number;
}

export type Row = Record<string, unknown>;

/**
 * Decoding of `query`: bool -> boolean; int2/int4/float -> number; int8 -> number while it is a safe integer, else bigint;
 * numeric -> string (cast to float8 in SQL where a number is wanted); timestamptz -> Date; json/jsonb -> parsed; bytea -> Buffer;
 * arrays of these -> arrays; everything else -> string.
 * Errors: `PostgresError` with SQLSTATE in `code`; `Refusal` UNAVAILABLE (503) when no connection is to be had in time.
 */
export interface Session {
  readonly identity: Identity;
  query<R = Row>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Exactly one row, or a `Refusal` NOT_FOUND. */
  one<R = Row>(text: string, values?: readonly Value[]): Promise<R>;
  maybeOne<R = Row>(text: string, values?: readonly Value[]): Promise<R | undefined>;
  /** Rows affected. */
  execute(text: string, values?: readonly Value[]): Promise<number>;
  raw(statement: Statement): Promise<RawResult>;
}

export interface PoolStats {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
  readonly sessions: number;
  readonly errors: number;
}

export interface Database {
  /** Interactive: BEGIN, `work`, COMMIT; a throw rolls back. */
  as<T>(identity: Identity, work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  asUser<T>(claims: UserClaims, work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  asAnon<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  asService<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  /** The hot path: role, claims and all statements with one Sync: one round trip, one implicit transaction. */
  oneShot(identity: Identity, statements: readonly Statement[], options?: SessionOptions): Promise<RawResult[]>;
  stats(): PoolStats;
  close(): Promise<void>;
}

export const ANON: Identity = Object.freeze({ role: 'anon', claims: Object.freeze({ role: 'anon' }) });
export const SERVICE: Identity = Object.freeze({
  role: 'service_role',
  claims: Object.freeze({ role: 'service_role' }),
});

/** Where a server is and how to log in; what cluster.ts and DATABASE_URL both come down to. */
export interface ConnectionTarget {
  /** Host name, address, or the absolute folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: TlsMode;
  /** libpq's channel_binding=require: log in by SCRAM-SHA-256-PLUS or not at all. Without it, PLUS is used where it is offered. */
  readonly channelBinding?: 'require';
}

/** libpq's sslmode; `caFile` is sslrootcert. */
export type TlsMode =
  | { readonly kind: 'disable' | 'allow' | 'prefer' | 'require' }
  | { readonly kind: 'verify-ca' | 'verify-full'; readonly caFile?: string };
