import type { Logger } from '#kernel/log.ts';
import type { Database } from '#kernel/postgres/database.ts';

const EVERY_MS = 3_600_000;

/** Makes the partitions of the coming days and drops those of days past, now and every hour. Returns what stops it. */
export function startUpkeep(services: Database, log: Logger): () => void {
  const run = async () => {
    try {
      await services.as({ role: 'supabase_realtime_admin', claims: {} }, (session) =>
        session.query('select realtime.make_partitions(), realtime.forget_messages()'),
      );
    } catch (error) {
      log.warn({ err: error }, 'the partitions of realtime.messages could not be looked after');
    }
  };
  void run();
  const timer = setInterval(() => void run(), EVERY_MS).unref();
  return () => clearInterval(timer);
}
