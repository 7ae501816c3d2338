import type { Project } from '#kernel/product.ts';
import { raiseAlert } from './queries/alerts.ts';

/**
 * Runs the making of signals; when it fails, a row of `system_alerts` says so, and the error goes on (kurzora.md 4.12). Being
 * stopped is no failure.
 */
export async function alertOnFailure<T>(
  project: Pick<Project, 'database' | 'log'>,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal?.aborted) await tell(project, error);
    throw error;
  }
}

async function tell({ database, log }: Pick<Project, 'database' | 'log'>, error: unknown): Promise<void> {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  try {
    await database.asService((session) => raiseAlert(session, 'signal_generation_error', text));
  } catch (failure) {
    // The database may be what failed; the error that is being passed on matters more than this one.
    log.warn({ err: failure }, 'the failed scan could not be recorded');
  }
}
