import { assertOr } from '#kernel/errors.ts';
import type { Session } from '#kernel/postgres/database.ts';
import { stockNow } from '../paper-trading.ts';
import { readSettings } from '../queries/settings.ts';
import { addToTrail, type Draft, decideDraft, findStaffSignal, publishDraft } from '../queries/staff-signals.ts';
import { findStock } from '../queries/stocks.ts';
import { strengthClass } from '../rules/classes.ts';
import { expiryOf } from '../rules/lifecycle.ts';
import { levelFaults, ratioOf, type SignalIdea } from '../rules/staff-signal.ts';
import type { Staff, StaffContext } from './as-staff.ts';

/** What fits the column: a stop that nearly touches the entry is a slip of the finger. */
const MOST_RATIO = 9_999;

export interface Idea extends SignalIdea {
  readonly ticker: string;
  readonly finalScore: number;
  readonly explanation?: string | null | undefined;
  readonly notes?: string | null | undefined;
  readonly expiresAt?: string | null | undefined;
}

/** The draft of an idea whose levels fit its direction and whose stock is known; refuses with every fault otherwise. */
export async function draftOf(session: Session, idea: Idea, now: number): Promise<Draft> {
  const ticker = idea.ticker.trim().toUpperCase();
  const faults = levelFaults(idea);
  assertOr(faults.length === 0, 'VALIDATION_ERROR', 'The levels do not fit the direction', faults);
  const riskRewardRatio = ratioOf(idea);
  assertOr(riskRewardRatio <= MOST_RATIO, 'VALIDATION_ERROR', 'The stop is too close to the entry', [
    { field: 'stopLoss', message: 'is too close to the entry' },
  ]);
  const expiresAt = idea.expiresAt ?? null;
  assertOr(!expiresAt || Date.parse(expiresAt) > now, 'VALIDATION_ERROR', 'expiresAt has passed', [
    { field: 'expiresAt', message: 'has passed' },
  ]);
  const stock = await findStock(session, ticker);
  assertOr(stock, 'VALIDATION_ERROR', `there is no stock ${ticker}`, [{ field: 'ticker', message: 'is not known' }]);
  const { companyName, sector } = stock;
  const { signalType, finalScore, entryPrice, stopLoss, takeProfit } = idea;
  return {
    ...{ ticker, companyName, sector, signalType, finalScore, entryPrice, stopLoss, takeProfit, riskRewardRatio },
    ...{ explanation: idea.explanation?.trim() || null, notes: idea.notes?.trim() || null, expiresAt },
  };
}

/** Lets a waiting draft out. 404 when there is none, 409 when it is decided or the stock has an active signal of this type. */
export async function approveDraft(
  context: StaffContext,
  session: Session,
  staff: Staff,
  id: string,
  note: string | null,
): Promise<void> {
  const { project, services } = context;
  const draft = await findStaffSignal(session, id);
  assertOr(draft, 'NOT_FOUND', 'there is no such signal');
  assertOr(await decideDraft(session, id, 'approved', staff.adminId), 'CONFLICT', `This signal is ${draft.status}`);
  const { price, moment } = await stockNow(project, services.marketData, draft.ticker);
  const { signalExpiryHours } = await readSettings(session);
  const born = await publishDraft(session, id, {
    ...{ source: services.marketData.source, moment, price, strength: strengthClass(draft.finalScore) },
    expiresAt: expiryOf(moment, services.marketData.calendar, signalExpiryHours),
  });
  assertOr(born, 'CONFLICT', `${draft.ticker} has an active ${draft.signalType} signal already`);
  await keepTrail(session, project.now(), staff, id, { action: 'approve', from: 'pending', to: 'active', note });
  await staff.log('approve_signal', id, { ticker: draft.ticker });
  await project.jobs.add('kurzora:send-alerts', {}, { key: 'kurzora:send-alerts', session });
}

/** Says in the draft's trail what was done. */
export function keepTrail(
  session: Session,
  now: number,
  staff: Pick<Staff, 'adminId'>,
  id: string,
  entry: { action: string; from: string | null; to: string; note: string | null },
): Promise<void> {
  return addToTrail(session, id, { at: new Date(now).toISOString(), by: staff.adminId, ...entry });
}
