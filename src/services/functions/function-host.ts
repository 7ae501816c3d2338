import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from '#kernel/log.ts';
import type { FunctionLimits } from './api.ts';
import type { FunctionSettings } from './discover.ts';
import { type RunningWorker, startWorker } from './function-worker.ts';

/** One function: its worker starts with the first request, again after a crash or a change, and ends when nobody asks. */
export interface FunctionHost {
  readonly settings: FunctionSettings;
  /** The worker to send a request to. Throws BootError. */
  worker(): Promise<RunningWorker>;
  close(): Promise<void>;
}

export interface HostOptions {
  readonly settings: FunctionSettings;
  readonly environment: () => Readonly<Record<string, string>>;
  readonly limits: FunctionLimits;
  readonly log: Logger;
  /** Asked after a change whether the imports are there; its warnings are logged. */
  readonly watch: boolean;
}

const SETTLE_MS = 100;

export function createHost(options: HostOptions): FunctionHost {
  const { settings, environment, limits, log } = options;
  let current: Promise<RunningWorker> | undefined;
  let idle: NodeJS.Timeout | undefined;

  const retire = (why: string) => {
    const leaving = current;
    current = undefined;
    leaving?.then(
      (worker) => worker.retire(limits.answerMs),
      () => undefined,
    );
    if (leaving) log.debug({ function: settings.name }, why);
  };
  const start = (): Promise<RunningWorker> => {
    const started = startWorker({ settings, environment: environment(), limits, log });
    const forget = () => {
      if (current === started) current = undefined;
    };
    started.then((worker) => worker.ended.then(forget), forget);
    return started;
  };
  const watcher = options.watch
    ? watchFolder(dirname(settings.entrypoint), () => retire('its files changed'))
    : undefined;
  return {
    settings,
    worker: async () => {
      clearTimeout(idle);
      idle = setTimeout(() => retire('nobody asked for a while'), limits.idleMs);
      idle.unref();
      current ??= start();
      const asked = current;
      const worker = await asked;
      if (!worker.leaving) return worker;
      if (current === asked) current = undefined;
      current ??= start();
      return current;
    },
    close: async () => {
      clearTimeout(idle);
      watcher?.close();
      const worker = await current?.catch(() => undefined);
      await worker?.stop();
    },
  };
}

/** Editors write a file in several steps: the call comes when they have been quiet for a moment. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = watch(folder, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(changed, SETTLE_MS);
      timer.unref();
    });
    watcher.on('error', () => watcher.close());
    // Not chained: of a recursive watcher `unref` answers nothing on Linux, and what cannot be closed keeps the process alive.
    watcher.unref();
    return watcher;
  } catch {
    return undefined;
  }
}
