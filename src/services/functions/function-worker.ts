import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Logger } from '#kernel/log.ts';
import type { FunctionLimits } from './api.ts';
import type { FunctionSettings } from './discover.ts';
import type { WorkerMessage, WorkerStart } from './worker/main.ts';

/** A worker that has loaded its script and answers on `socket`. */
export interface RunningWorker {
  readonly socket: string;
  /** It is ending: its last requests may still be answered, new ones not. */
  readonly leaving: boolean;
  /** Resolves with the reason when the worker has ended, by itself or by us. */
  readonly ended: Promise<EndReason>;
  /** A request begins; call the result when its answer is through. */
  begin(): () => void;
  /** Takes no new requests; ends when those that run are through, at the latest after `ms`. */
  retire(ms: number): void;
  stop(): Promise<void>;
}

export type EndReason = 'stopped' | 'memory' | 'blocked' | 'crashed';

export interface WorkerOptions {
  readonly settings: FunctionSettings;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: FunctionLimits;
  readonly log: Logger;
}

const MAIN = new URL('worker/main.ts', import.meta.url);
const CHECK_MS = 500;

/** Loading the script failed; `message` says why. */
export class BootError extends Error {}

/** Starts a worker and waits until its script has registered a handler. Throws BootError. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { settings, environment, limits } = options;
  const log = options.log.child({ function: settings.name });
  const folder = process.platform === 'win32' ? undefined : mkdtempSync(join(tmpdir(), 'freehold-fn-'));
  const socket = folder
    ? join(folder, 's')
    : `\\\\.\\pipe\\freehold-fn-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const own = { ...environment, ...settings.env };
  const pulse = new SharedArrayBuffer(4);
  const start: WorkerStart = {
    entry: pathToFileURL(settings.entrypoint).href,
    importMap: settings.importMap,
    socket,
    environment: own,
    pulse,
  };
  const worker = new Worker(MAIN, {
    workerData: start,
    env: own,
    resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    name: settings.name,
    stdin: false,
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => log.info(text.trimEnd()));
  const state = { requests: 0, reason: undefined as EndReason | undefined };
  const ended = new Promise<EndReason>((resolve) => {
    worker.once('error', (error: NodeJS.ErrnoException) => {
      state.reason ??= error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'crashed';
      log.error({ err: error }, 'the function ended');
    });
    worker.once('exit', (code) => {
      if (folder) rmSync(folder, { recursive: true, force: true });
      resolve(state.reason ?? (code === 0 ? 'stopped' : 'crashed'));
    });
  });
  const end = (reason: EndReason) => {
    state.reason ??= reason;
    return worker.terminate();
  };
  await booted(worker, ended, log, limits, end);
  const watch = watchWorker(worker, new Int32Array(pulse), limits, state, end);
  void ended.then(() => clearInterval(watch));
  let retiring = false;
  const drain = () => {
    if (retiring && state.requests === 0) worker.postMessage('drain');
  };
  return {
    socket,
    get leaving() {
      return state.reason !== undefined;
    },
    ended,
    begin: () => {
      state.requests += 1;
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        state.requests -= 1;
        drain();
      };
    },
    retire: (ms) => {
      retiring = true;
      setTimeout(() => void end('stopped'), ms).unref();
      drain();
    },
    stop: async () => {
      await end('stopped');
      await ended;
    },
  };
}

/** Until the script is ready; from then on its lines go to the log. */
function booted(
  worker: Worker,
  ended: Promise<EndReason>,
  log: Logger,
  limits: FunctionLimits,
  end: (reason: EndReason) => Promise<unknown>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    void end('blocked');
    reject(new BootError('it did not finish loading in time'));
  }, limits.answerMs);
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'ready') resolve();
    else if (message.kind === 'failed') reject(new BootError(message.reason));
    else log[message.level]({ requestId: message.requestId || undefined }, message.text);
  });
  void ended.then((reason) => reject(new BootError(`it ended while loading (${reason})`)));
  return promise.finally(() => clearTimeout(timer));
}

/** Ends a worker whose loop does not turn, or whose heap and buffers together pass the limit: buffers are not V8's to refuse. */
function watchWorker(
  worker: Worker,
  pulse: Int32Array,
  limits: FunctionLimits,
  state: { readonly requests: number },
  end: (reason: EndReason) => Promise<unknown>,
): NodeJS.Timeout {
  let [seen, since] = [0, performance.now()];
  const watch = setInterval(() => {
    const beats = Atomics.load(pulse, 0);
    if (beats !== seen || state.requests === 0) [seen, since] = [beats, performance.now()];
    else if (performance.now() - since > limits.blockedMs) void end('blocked');
    void worker.getHeapStatistics().then(
      ({ used_heap_size, external_memory }) => {
        if (used_heap_size + external_memory > limits.memoryMb * 1_048_576) void end('memory');
      },
      () => undefined,
    );
  }, CHECK_MS);
  watch.unref();
  return watch;
}
