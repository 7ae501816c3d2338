import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Files of 10 MB or one day each. */
const KEPT = 10;
const HOUR_MS = 3_600_000;

/** Postgres rotates its log but keeps every file; this keeps the newest ten, now and every hour. Returns the end of it. */
export function keepLogsBounded(cluster: string): () => void {
  const prune = () => {
    try {
      const folder = join(cluster, 'log');
      const logs = readdirSync(folder).filter((name) => name.startsWith('postgres-'));
      for (const name of logs.sort().slice(0, -KEPT)) rmSync(join(folder, name), { force: true });
    } catch {
      // No log folder yet: nothing to bound.
    }
  };
  prune();
  const timer = setInterval(prune, HOUR_MS).unref();
  return () => clearInterval(timer);
}
