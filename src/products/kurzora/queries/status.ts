import type { Session } from '#kernel/postgres/database.ts';
import { type PhaseNumber, phaseOf } from '../rules/phases.ts';

/** The phase that the settings name, or null when they leave it to the configuration. */
export async function publicPhase(session: Session): Promise<PhaseNumber | null> {
  const row = await session.maybeOne<{ value: unknown }>(
    `select value from public.system_config where key = 'active_phase'`,
  );
  return phaseOf(row?.value)?.number ?? null;
}

/** Active signals the session may see. */
export async function activeCount(session: Session): Promise<number> {
  const { count } = await session.one<{ count: number }>(
    `select count(*)::int as count from public.trading_signals where status in ('active', 'triggered')`,
  );
  return count;
}
