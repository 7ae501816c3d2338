/**
 * The contract between the platform and a product: everything a product is stands in one declaration, and the server
 * derives routes, OpenAPI, migrations, jobs, commands and pages from it. A new endpoint is one file in `routes/` and one
 * line in the product's list.
 */
import type { Static, TSchema } from 'typebox';
import type { Config } from './config.ts';
import type { Events } from './events.ts';
import type { Logger } from './log.ts';
import type { Database, Identity, Session } from './postgres/database.ts';

/** A running product: what a handler, job or command finds around it. */
export interface Project {
  readonly name: string;
  readonly config: Config;
  readonly database: Database;
  /** For what nobody waits for: connections of its own, so that pages never stand in line behind it. Jobs have it as their `database`. */
  readonly background: Database;
  readonly jobs: JobQueue;
  readonly log: Logger;
  /** Absolute path of the data folder; a product writes only below `<dataFolder>/<its name>`. */
  readonly dataFolder: string;
  /** Epoch milliseconds; the only clock rules and jobs read. */
  readonly now: () => number;
}

export interface JobQueue {
  /** Enqueues; `key` makes it idempotent while a job with that key waits. Given a session, joins its transaction. */
  add(
    name: string,
    payload: unknown,
    options?: { key?: string; runAt?: Date; maxAttempts?: number; session?: Session },
  ): Promise<void>;
}

export type Scope =
  /** Anyone; sessions run as anon, or as the user when a token came along. */
  | 'public'
  /** A verified user, or 401. */
  | 'signed-in'
  /** The service key, or 401/403. */
  | 'service';

export interface RouteSchema {
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly body?: TSchema;
  /** Schema of `data` in the envelope, or of the whole body when `envelope` is false. */
  readonly response: TSchema;
}

type Part<S extends RouteSchema, K extends keyof RouteSchema> = S[K] extends TSchema ? Static<S[K]> : unknown;

export interface RouteContext<Services, S extends RouteSchema = RouteSchema> {
  readonly project: Project;
  readonly services: Services;
  readonly identity: Identity;
  readonly requestId: string;
  readonly log: Logger;
  readonly params: Part<S, 'params'>;
  readonly query: Part<S, 'querystring'>;
  readonly body: Part<S, 'body'>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Who asks, for limits and lockouts. */
  readonly client: { readonly ip: string; readonly userAgent: string };
  /** A session as the caller. */
  as<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

/** A page of a list: `meta` goes beside `data` in the envelope. */
export class Page<T> {
  readonly data: T;
  readonly meta: Record<string, unknown>;
  constructor(data: T, meta: Record<string, unknown>) {
    this.data = data;
    this.meta = meta;
  }
}

/** An answer that goes out as it is, past envelope and schema: another status, a file, a body some client insists on. */
export class Answer {
  readonly status: number;
  /** Objects leave as JSON. */
  readonly body: string | Uint8Array | Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, body: Answer['body'], headers: Answer['headers'] = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export interface Route<Services = never, S extends RouteSchema = RouteSchema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly scope: Scope;
  readonly summary: string;
  readonly schema: S;
  /** True (default) wraps the answer as `{success, data, meta?, timestamp, requestId}`. */
  readonly envelope?: boolean;
  /** Success status; 200 by default. */
  readonly status?: number;
  /** The body arrives as the bytes that were sent (a Buffer), whatever its type: signatures are over these. */
  readonly rawBody?: boolean;
  /** Most bytes of the body, where it is not the server's 1 MiB. */
  readonly bodyLimit?: number;
  /** The permission that a key of the product must have here; without one no key opens this route (403). */
  readonly keys?: string;
  handle(context: RouteContext<Services, S>): Promise<Part<S, 'response'> | Page<Part<S, 'response'>> | Answer>;
}

/** Keys of the product's own, with which programs call in somebody's name: `Authorization: Bearer <key>` or `x-api-key`. */
export interface ProductKeys<Services> {
  /** What every key begins with; nothing else is looked up, and no token begins with it. */
  readonly prefix: string;
  /** Whose key this is, asked at every request that brings one; undefined when it opens nothing (any more): 401. */
  find(key: string, context: { project: Project; services: Services }): Promise<KeyHolder | undefined>;
}

export interface KeyHolder {
  /** Of the key, for its rate. */
  readonly id: string;
  readonly identity: Identity;
  readonly permissions: readonly string[];
  /** Requests. */
  readonly perMinute: number;
}

/** What running services offer the products; each adds its part where it is declared (`declare module`). */
export interface Platform {
  /** What the server tells of requests and jobs. */
  readonly events: Events;
}

/** A request before its route handles it; `url` is the route's pattern. */
export interface Arrival {
  readonly method: string;
  readonly url: string;
  readonly identity: Identity;
}

/** What a product decides about accounts while it runs: read anew whenever it is asked for. */
export interface AccountRules {
  /** Whether people may make accounts for themselves. */
  readonly signUps: boolean;
  /** Whether a new address is confirmed by mail before its first sign-in. */
  readonly confirmEmail: boolean;
  /** Minutes without a refresh after which a session ends; null: never. */
  readonly idleMinutes: number | null;
}

/** When a recurring job is due: the first moment strictly after `after`, or null for never again. Epoch milliseconds. */
export interface Schedule {
  readonly description: string;
  next(after: number): number | null;
}

export interface JobContext<Services> {
  readonly project: Project;
  readonly services: Services;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export interface Job<Services = never, P extends TSchema = TSchema> {
  readonly name: string;
  readonly payload: P;
  readonly schedule?: (services: Services, project: Project) => Schedule;
  readonly maxAttempts?: number;
  /** Roles besides service_role whose sessions may enqueue it in their transaction, e.g. `authenticated`; none by default. */
  readonly enqueuedBy?: readonly string[];
  run(payload: Static<P>, context: JobContext<Services>): Promise<void>;
}

/** What a command writes to: `result` is the one JSON answer on stdout (or its readable form), the rest goes to stderr. */
export interface CommandOutput {
  readonly json: boolean;
  result(value: unknown, readable: () => string): void;
  note(text: string): void;
  /** A bar on a terminal, sparse lines elsewhere, nothing with --json. */
  progress(title: string, total: number): { advance(by?: number): void; done(): void };
}

export interface CommandOption {
  /** commander's syntax: `--as-of <time>`. */
  readonly flags: string;
  readonly description: string;
  readonly default?: string;
}

/** `freehold <product> <name>`. Exit code 0, or that of the OperatorError it throws. */
export interface Command<Services = never> {
  readonly name: string;
  readonly description: string;
  /** commander's syntax: `<file...>`. */
  readonly arguments?: string;
  readonly options?: readonly CommandOption[];
  readonly examples?: readonly string[];
  run(
    input: { args: readonly string[]; options: Record<string, string | boolean | undefined> },
    context: { project: Project; services: Services; output: CommandOutput; signal: AbortSignal },
  ): Promise<void>;
}

/** A function under /functions/v1/<name>, on a fetch Request: for clients that call it as Supabase's. */
export interface ProductFunction<Services = never> {
  /** Whether a token is demanded before `handle`. */
  readonly verifyJwt: boolean;
  handle(request: Request, context: FunctionContext<Services>): Promise<Response>;
}

export interface FunctionContext<Services> {
  readonly project: Project;
  readonly services: Services;
  /** What the token says; anon without one. */
  readonly identity: Identity;
  readonly requestId: string;
}

export interface Product<Services = never> {
  /** SQL- and command-safe: `kurzora`. */
  readonly name: string;
  readonly title: string;
  /** Folders of `NNNN_name.sql`, run in order of folder, then file; each has its own rows in the ledger under `ledger`. */
  readonly migrations: readonly { readonly ledger: string; readonly folder: URL }[];
  /** Schemas whose tables the catalogue test holds to "RLS enabled, forced, and a policy or a named exception". */
  readonly schemas: readonly string[];
  readonly rlsExceptions?: Readonly<Record<string, string>>;
  readonly routes: readonly Route<Services>[];
  readonly keys?: ProductKeys<Services>;
  /** Asked before every route of the product; refuses by throwing a Refusal. On the way of every request: no query without need. */
  admit?(arrival: Arrival, project: Project, services: Services): Promise<void> | void;
  accountRules?(services: Services): AccountRules;
  readonly jobs: readonly Job<Services>[];
  readonly commands: readonly Command<Services>[];
  readonly functions?: Readonly<Record<string, ProductFunction<Services>>>;
  /** Folder under web/pages with the product's front end, when it has one. */
  readonly web?: string;
  open(project: Project): Promise<Services>;
  /** Called when the project's services run, before its routes answer; single commands have none of them. */
  connect?(services: Services, platform: Partial<Platform>): void;
  /** Called once when the server (not a single command) runs: first data, first scan. What it does is told to `output`; `signal` ends it early. */
  start?(
    project: Project,
    services: Services,
    output: Pick<CommandOutput, 'note' | 'progress'>,
    signal: AbortSignal,
  ): Promise<void>;
  close?(services: Services): Promise<void>;
}

/** Checks the declaration and gives it its types. Throws on a name that cannot be a schema or command, or on two routes, jobs or commands that clash. */
export function defineProduct<Services>(product: Product<Services>): Product<Services> {
  if (!/^[a-z][a-z0-9]{1,30}$/.test(product.name))
    throw new Error(`product name "${product.name}" must be lower-case letters and digits`);
  refuseRepeats(
    'route',
    product.routes.map((route) => `${route.method} ${route.url}`),
  );
  refuseRepeats(
    'job',
    product.jobs.map((job) => job.name),
  );
  refuseRepeats(
    'command',
    product.commands.map((command) => command.name),
  );
  return Object.freeze(product);
}

/** Gives a route its types from its schemas. */
export function defineRoute<Services, const S extends RouteSchema>(route: Route<Services, S>): Route<Services> {
  return route as unknown as Route<Services>;
}

/** Gives a job its payload's type. */
export function defineJob<Services, P extends TSchema>(job: Job<Services, P>): Job<Services> {
  return job as unknown as Job<Services>;
}

function refuseRepeats(kind: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) throw new Error(`${kind} "${repeated}" is declared twice`);
}
