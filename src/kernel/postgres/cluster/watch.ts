import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../../log.ts';
import { isPostgresOf } from './pid-file.ts';

const WATCH_MS = 250;
const MINUTE_MS = 60_000;
/** A server that dies more often than this in a minute needs a person. */
const RESTARTS_PER_MINUTE = 5;

export interface Watched {
  readonly cluster: string;
  readonly log: Logger;
  /** Of the server that should run. */
  pid(): number;
  restart(): Promise<void>;
}

/**
 * Brings Postgres back when it was killed or crashed. A stop in good order by somebody else, which takes postmaster.pid away,
 * is respected. Returns the end of it, which waits for a restart under way.
 */
export function watchOver(watched: Watched): () => Promise<void> {
  const { cluster, log } = watched;
  let restarting: Promise<void> | undefined;
  let restarts: number[] = [];
  const timer = setInterval(() => {
    if (restarting || isPostgresOf(cluster, watched.pid())) return;
    if (!existsSync(join(cluster, 'postmaster.pid'))) return giveUp('Postgres was stopped by somebody else');
    restarts = [...restarts.filter((at) => at > Date.now() - MINUTE_MS), Date.now()];
    if (restarts.length > RESTARTS_PER_MINUTE) return giveUp('Postgres dies again and again; not restarting it');
    log.error({ pid: watched.pid() }, 'Postgres died; restarting it');
    restarting = watched
      .restart()
      .catch((error) => log.error({ err: error }, 'Postgres could not be restarted'))
      .finally(() => {
        restarting = undefined;
      });
  }, WATCH_MS).unref();
  const giveUp = (why: string) => {
    clearInterval(timer);
    log.fatal({ pid: watched.pid() }, why);
  };
  return async () => {
    clearInterval(timer);
    await restarting;
  };
}
