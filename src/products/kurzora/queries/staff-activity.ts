import type { Session } from '#kernel/postgres/database.ts';

export interface Activity {
  /** ISO 8601. */
  readonly at: string;
  readonly kind: (typeof ACTIVITY_KINDS)[number];
  /** A person's name, a ticker, or the code of a deed or an alarm; null for a scan. */
  readonly subject: string | null;
  readonly userId: string | null;
  readonly signalId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export const ACTIVITY_KINDS = [
  ...[
    'user_registered',
    'scan_finished',
    'signal_closed',
    'trade_opened',
    'trade_closed',
    'staff_deed',
    'system_alert',
  ],
] as const;

/** Each source gives its newest rows alone, so that a feed costs as much as its length and not as its past. */
const PARTS = [
  `select created_at as at, 'user_registered' as kind, name::text as subject, id as user_id, null::uuid as signal_id, '{}'::jsonb as details
   from public.users where deleted_at is null order by created_at desc limit $1`,
  `select finished_at, 'scan_finished', null, null, null, jsonb_build_object('scanned', scanned, 'created', inserted, 'ended', expired)
   from public.signal_scans where live order by finished_at desc limit $1`,
  `select recorded_at, 'signal_closed', ticker, null, signal_id,
     jsonb_build_object('outcome', case when target_hit then 'target' when stop_loss_hit then 'stop' else 'expired' end, 'return', actual_return)
   from public.signal_outcomes order by recorded_at desc limit $1`,
  `select t.opened_at, 'trade_opened', t.ticker, t.user_id, t.signal_id, jsonb_build_object('quantity', t.quantity)
   from public.paper_trades t order by t.opened_at desc limit $1`,
  `select t.closed_at, 'trade_closed', t.ticker, t.user_id, t.signal_id, jsonb_build_object('gain', t.profit_loss, 'reason', t.exit_reason)
   from public.paper_trades t where t.closed_at is not null order by t.closed_at desc limit $1`,
  `select l.created_at, 'staff_deed', l.action_type, l.admin_user_id, null,
     jsonb_build_object('by', (select u.name from public.users u where u.id = l.admin_user_id))
   from public.admin_activity_log l order by l.created_at desc limit $1`,
  `select "timestamp", 'system_alert', type, null, null, jsonb_build_object('severity', severity, 'resolved', resolved)
   from public.system_alerts order by "timestamp" desc limit $1`,
];

/** What happened on the platform, newest first: people, scans, signals, trades, staff, alarms. */
export async function recentActivity(session: Session, limit: number): Promise<Activity[]> {
  const rows = await session.query<Omit<Activity, 'at'> & { at: Date }>(
    `select at, kind, subject, user_id as "userId", signal_id as "signalId", details
     from (${PARTS.map((part) => `(${part})`).join(' union all ')}) e order by at desc, kind limit $1`,
    [limit],
  );
  return rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() }));
}
