import type { Session } from '#kernel/postgres/database.ts';
import type { ExchangeCalendar } from '#services/market-data/api.ts';
import { addAlerts, alertPeople, closeTrigger, nextTrigger } from '../queries/signal-alerts.ts';
import { type AlertPerson, judge, type SkipReason } from '../rules/alerts/judge.ts';
import { nextAllowed } from '../rules/alerts/next-allowed.ts';

/** Who was looked at for one signal. */
export interface Planned {
  readonly checked: number;
  readonly eligible: number;
  readonly skipped: Partial<Record<SkipReason, number>>;
}

/**
 * Chooses, in one transaction, the people of the signal that has waited longest (or of `signalId`) and the moment from which each
 * may be told. `known` are the people, where the caller has read them: before a message leaves each is asked about again. Undefined when no signal waits. A signal that was raised over an hour ago or has ended is told to nobody.
 */
export async function planOne(
  session: Session,
  calendar: ExchangeCalendar,
  now: number,
  { signalId, known }: { signalId?: string; known?: readonly AlertPerson[] } = {},
): Promise<Planned | undefined> {
  const trigger = await nextTrigger(session, signalId);
  if (!trigger) return undefined;
  await closeTrigger(session, trigger.id);
  const skipped: Partial<Record<SkipReason, number>> = {};
  if (trigger.stale || trigger.status !== 'active') return { checked: 0, eligible: 0, skipped };
  const people = known ?? (await alertPeople(session));
  const chosen = people.flatMap((person) => {
    const judgement = judge(person, trigger.final_score);
    if (judgement.kind === 'skip') {
      skipped[judgement.reason] = (skipped[judgement.reason] ?? 0) + 1;
      return [];
    }
    // Crossed again: whoever asks for no more than the old score was considered then.
    if (trigger.from_score > 0 && judgement.settings.minimumScore <= trigger.from_score) return [];
    return [{ user_id: person.id, due_at: new Date(nextAllowed(now, judgement.settings, calendar)).toISOString() }];
  });
  if (chosen.length > 0) await addAlerts(session, trigger.id, chosen);
  return { checked: people.length, eligible: chosen.length, skipped };
}
