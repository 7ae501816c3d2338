/** /functions/v1: scripts of a project's functions/ folder, each in a worker of its own, and handlers that a product declares. */
import type { RequestListener } from 'node:http';
import type { Logger } from '#kernel/log.ts';
import type { FunctionSettings } from './discover.ts';

export { type FunctionSettings, functionsOf } from './discover.ts';
export { openFunctions } from './open.ts';

/** A function that runs in our own process: for products, whose code is ours. */
export interface FunctionHandler {
  readonly verifyJwt: boolean;
  handle(request: Request, caller: FunctionCaller): Promise<Response>;
}

export interface FunctionCaller {
  /** What the token says; anon without one. */
  readonly identity: { readonly role: string; readonly claims: Readonly<Record<string, unknown>> };
  readonly requestId: string;
}

export interface FunctionLimits {
  /** Heap and buffers of one worker. */
  readonly memoryMb: number;
  /** From the request to the end of the answer's headers; streams may go on. */
  readonly answerMs: number;
  /** How long a worker may be busy without a turn of its event loop. */
  readonly blockedMs: number;
  /** A worker without requests ends after this. */
  readonly idleMs: number;
}

export interface FunctionsOptions {
  /** Folder of the project's scripts; see `functionsOf`. */
  readonly functions: readonly FunctionSettings[];
  readonly handlers?: Readonly<Record<string, FunctionHandler>>;
  /** What every script finds in Deno.env: SUPABASE_URL and so on; read at the start of each worker. */
  readonly environment: () => Readonly<Record<string, string>>;
  /** Throws for a token that is not the project's or has expired. */
  verify(token: string): Promise<FunctionCaller['identity']>;
  readonly log: Logger;
  readonly limits?: Partial<FunctionLimits>;
  /** Restart a function when one of its files changes. */
  readonly watch?: boolean;
}

export interface Functions {
  /** Sees the whole URL, prefix included; the gateway has settled Authorization. */
  readonly listener: RequestListener;
  /** One sentence for each function that cannot run, with the reason. */
  readonly warnings: readonly string[];
  close(): Promise<void>;
}
