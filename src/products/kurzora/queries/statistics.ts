import type { Session } from '#kernel/postgres/database.ts';
import type { OutcomeStatistics, SignalStatistics } from '../contract.ts';
import { tierOf } from '../rules/classes.ts';

export type ActiveStatistics = Omit<SignalStatistics, 'outcomes'>;

interface GroupRow {
  readonly type: string;
  readonly strength: string;
  readonly sector: string | null;
  readonly score: number;
  readonly count: number;
  readonly recent: number;
}

/** Figures over the active signals the session may see, grouped once in the database and counted up here. */
export async function signalStatistics(session: Session, now: number): Promise<ActiveStatistics> {
  const groups = await session.query<GroupRow>(
    `select signal_type as type, signal_strength as strength, sector, final_score as score, count(*)::int as count,
            count(*) filter (where created_at > $1::timestamptz - interval '1 day')::int as recent
     from public.trading_signals where status in ('active', 'triggered') group by 1, 2, 3, 4`,
    [new Date(now)],
  );
  const total = sum(groups, (group) => group.count);
  const bySector = Object.entries(Object.groupBy(groups, ({ sector }) => sector ?? 'Unknown')).map(([sector, of]) => {
    const count = sum(of!, (group) => group.count);
    return { sector, count, averageScore: round2(sum(of!, (group) => group.score * group.count) / count) };
  });
  return {
    active: total,
    averageScore: total === 0 ? null : round2(sum(groups, (group) => group.score * group.count) / total),
    highestScore: total === 0 ? null : Math.max(...groups.map((group) => group.score)),
    generatedLastDay: sum(groups, (group) => group.recent),
    bySignalType: tally(groups, (group) => group.type),
    bySignalStrength: tally(groups, (group) => group.strength),
    byTier: tally(groups, (group) => tierOf(group.score) ?? 'none'),
    bySector: bySector.sort((a, b) => b.count - a.count || a.sector.localeCompare(b.sector)),
  };
}

const round2 = (value: number) => Math.round(value * 100) / 100;

function sum(groups: readonly GroupRow[], of: (group: GroupRow) => number): number {
  return groups.reduce((total, group) => total + of(group), 0);
}

function tally(groups: readonly GroupRow[], by: (group: GroupRow) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const group of groups) counts[by(group)] = (counts[by(group)] ?? 0) + group.count;
  return counts;
}

const OUTCOMES = `
  count(*)::int as ended, count(*) filter (where target_hit)::int as "targetHit",
  count(*) filter (where stop_loss_hit)::int as "stopLossHit",
  count(*) filter (where outcome_type = 'expired')::int as expired,
  round(100.0 * count(*) filter (where target_hit)
        / nullif(count(*) filter (where target_hit or stop_loss_hit), 0), 2)::float8 as "successRate",
  round(avg(actual_return), 4)::float8 as "averageReturn", round(avg(days_active), 2)::float8 as "averageDaysActive"`;
const RECENT = `outcome_type <> 'pending' and recorded_at > $1::timestamptz - make_interval(days => $2)`;

/** How the signals ended whose outcome was recorded in the `days` days before `now` (epoch ms). */
export async function outcomeStatistics(session: Session, now: number, days: number): Promise<OutcomeStatistics> {
  const row = await session.one<Omit<OutcomeStatistics, 'days'>>(
    `select ${OUTCOMES} from public.signal_outcomes where ${RECENT}`,
    [new Date(now), days],
  );
  return { days, ...row };
}

/** The same by tens of the score a signal was born with, lowest first; tens without an outcome are left out, 100 belongs to the last. */
export async function outcomesByScore(
  session: Session,
  now: number,
  days: number,
): Promise<(OutcomeStatistics & { from: number; to: number })[]> {
  const rows = await session.query<Omit<OutcomeStatistics, 'days'> & { from: number }>(
    `select least(original_score / 10, 9) * 10 as "from", ${OUTCOMES} from public.signal_outcomes where ${RECENT} group by 1 order by 1`,
    [new Date(now), days],
  );
  return rows.map((row) => ({ days, ...row, to: row.from === 90 ? 100 : row.from + 9 }));
}
