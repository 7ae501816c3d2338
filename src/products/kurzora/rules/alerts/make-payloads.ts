import type { AlertPerson } from './judge.ts';
import type { Worded } from './mail-frame.ts';
import { type AlertSignal, titleOf } from './messages.ts';

export interface MakeFacts {
  /** What the receiver is to send: false where we send it ourselves. */
  readonly email: boolean;
  readonly telegram: boolean;
  readonly number: number;
  readonly limit: number | null;
  readonly index: number;
  readonly total: number;
  readonly now: number;
}

/** The payload of the Make.com scenario, field by field; kurzora.md 7. */
export function makePayload(signal: AlertSignal, person: AlertPerson, facts: MakeFacts): Worded {
  const payload = {
    email: person.email,
    name: person.name,
    user_id: person.id,
    subscription_tier: person.subscription_tier,
    ticker: signal.ticker,
    signal_type: signal.signal_type,
    confidence_score: signal.confidence_score,
    signals: signal.signals,
    current_price: signal.current_price,
    entry_price: signal.entry_price,
    price_change_percent: signal.price_change_percent,
    stop_loss: signal.stop_loss,
    take_profit: signal.take_profit,
    risk_reward_ratio: signal.risk_reward_ratio,
    final_score: signal.final_score,
    status: signal.status,
    created_at: signal.created_at.toISOString(),
    signal_stock: signal.ticker,
    signal_score: signal.final_score,
    signal_price: signal.current_price,
    is_starter: person.subscription_tier === 'starter',
    is_professional: person.subscription_tier === 'professional',
    email_enabled: facts.email,
    telegram_enabled: facts.telegram,
    telegram_chat_id: person.telegram_chat_id,
    daily_alert_number: facts.number,
    daily_alert_limit: facts.limit,
    user_index: facts.index,
    total_users: facts.total,
    timestamp: new Date(facts.now).toISOString(),
  };
  return { subject: titleOf(signal), content: JSON.stringify(payload), metadata: {} };
}

/** What the generic envelope is about; each kind has a webhook of its own. */
export type EnvelopeType = 'signal_alert' | 'trade_execution' | 'risk_alert' | 'system_notification';

export interface Envelope {
  readonly type: EnvelopeType;
  readonly userId: string;
  readonly ticker?: string;
  readonly message: string;
  readonly priority: 'low' | 'medium' | 'high' | 'critical';
  /** Ways on which we tell the person ourselves. */
  readonly channels: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The generic envelope of kurzora.md 7: {type, data{userId, ticker?, message, priority, channels, metadata}, timestamp}. */
export function envelopePayload({ type, ...data }: Envelope, now: number): Worded {
  const payload = { type, data, timestamp: new Date(now).toISOString() };
  return { subject: data.message, content: JSON.stringify(payload), metadata: {} };
}
