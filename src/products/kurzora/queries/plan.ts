import type { Session } from '#kernel/postgres/database.ts';
import { type Plan, planAt, type Subscription } from '../rules/plan.ts';

/** Somebody's plan at a moment (epoch ms); the starter's for who has no profile. */
export async function readPlan(session: Session, userId: string, now: number): Promise<Plan> {
  const row = await session.maybeOne<Omit<Subscription, 'endsAt'> & { endsAt: Date | null }>(
    `select subscription_tier as tier, subscription_status as status, subscription_ends_at as "endsAt"
     from public.users where id = $1`,
    [userId],
  );
  return row ? planAt({ ...row, endsAt: row.endsAt?.getTime() ?? null }, now) : 'starter';
}
