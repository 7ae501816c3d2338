/** The inside of a function's worker: loads the script, then answers on a socket that only our process knows. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { answerWith } from './answer.ts';
import { backgroundWork, defineDeno } from './deno.ts';
import { loadAsDeno } from './hooks.ts';
import { registeredHandler } from './registry.ts';

export interface WorkerStart {
  readonly entry: string;
  readonly importMap?: string;
  readonly socket: string;
  /** What Deno.env shows. */
  readonly environment: Readonly<Record<string, string>>;
  /** Counts turns of the event loop, so that a blocked one is noticed from outside. */
  readonly pulse: SharedArrayBuffer;
}

/** What the worker says: ready once, then lines of its console. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly reason: string }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn' | 'error';
      readonly text: string;
      readonly requestId?: string;
    };

const start = workerData as WorkerStart;
const request = new AsyncLocalStorage<string>();
const say = (message: WorkerMessage) => parentPort!.postMessage(message);

const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;
for (const [method, level] of Object.entries(LEVELS))
  console[method as keyof typeof LEVELS] = (...parts: unknown[]) => {
    const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part, { depth: 4 }))).join(' ');
    say({ kind: 'log', level, text: text.slice(0, 10_000), requestId: request.getStore() });
  };

const pulse = new Int32Array(start.pulse);
setInterval(() => Atomics.add(pulse, 0, 1), 250).unref();

// A rejected promise that nobody awaits ends Deno's worker as it ends Node's; it is logged first.
process.on('uncaughtException', (error) => {
  console.error(error);
  process.exit(1);
});

try {
  defineDeno({ ...start.environment });
  loadAsDeno(start.importMap);
  const module = (await import(start.entry)) as { default?: unknown };
  const handler = registeredHandler(module);
  if (!handler) throw new Error('the script registers no handler; call Deno.serve(...) or export one as default');
  const server = createServer((incoming, outgoing) => {
    const id = String(incoming.headers['x-request-id'] ?? '');
    request.run(id, () => void answerWith(handler, incoming, outgoing));
  });
  // Our process has its own limits; the connection between us is reused for as long as it likes.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 60_000;
  server.listen(start.socket, () => say({ kind: 'ready' }));
  parentPort!.on('message', (message: unknown) => {
    if (message !== 'drain') return;
    void backgroundWork().then(() => process.exit(0));
  });
} catch (error) {
  say({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}
