import { PLAN_LIMITS, type Plan } from '../plan.ts';
import { type AlertSettings, alertSettings, dailyLimit } from './settings.ts';

export type AlertChannel = 'email' | 'telegram' | 'push' | 'webhook';

/** A row of users, as far as alerts ask. */
export interface AlertPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly language: string;
  readonly timezone: string;
  readonly subscription_tier: string;
  readonly subscription_status: string;
  /** Whose rights the person has now: a live trial has the professional's. */
  readonly plan: Plan;
  readonly is_active: boolean;
  readonly notification_settings: unknown;
  /** Null unless the chat was proved to be the person's. */
  readonly telegram_chat_id: string | null;
  readonly devices: number;
}

export type SkipReason = 'inactive' | 'email_disabled' | 'score_too_low';

export type Judgement =
  | { readonly kind: 'skip'; readonly reason: SkipReason }
  | {
      readonly kind: 'alert';
      readonly settings: AlertSettings;
      /** Ways on which the person wants to hear of it and the plan allows it; a starter has mail only. */
      readonly channels: readonly Exclude<AlertChannel, 'webhook'>[];
      readonly limit: number | null;
    };

/** Whether this person is told of a signal with this score, and how; kurzora.md 7. */
export function judge(person: AlertPerson, score: number): Judgement {
  const settings = alertSettings(person.notification_settings, person.timezone);
  if (!person.is_active || ['cancelled', 'expired'].includes(person.subscription_status))
    return { kind: 'skip', reason: 'inactive' };
  const channels = channelsOf(person, settings);
  if (channels.length === 0) return { kind: 'skip', reason: 'email_disabled' };
  if (score < settings.minimumScore) return { kind: 'skip', reason: 'score_too_low' };
  return { kind: 'alert', settings, channels, limit: dailyLimit(person.plan, settings) };
}

/** Ways that are open to the person: wanted, possible and in the plan. */
export function channelsOf(person: AlertPerson, settings: AlertSettings): Exclude<AlertChannel, 'webhook'>[] {
  const paid = PLAN_LIMITS[person.plan].telegram;
  return [
    ...(settings.email && !person.email.endsWith('.invalid') ? (['email'] as const) : []),
    ...(paid && settings.telegram && person.telegram_chat_id ? (['telegram'] as const) : []),
    ...(paid && settings.push && person.devices > 0 ? (['push'] as const) : []),
  ];
}
