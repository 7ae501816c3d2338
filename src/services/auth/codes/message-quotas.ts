/**
 * How often messages go to one address, and how many one client may ask for. Counted in Postgres, in the transaction that makes the
 * code: a rollback takes the count back. Addresses without an account are counted alike, so a 429 tells nothing about accounts.
 */
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { overRate } from '../errors.ts';
import { isLoopback } from '../limits/loopback.ts';

export interface MessageQuota {
  readonly channel: 'email' | 'sms';
  /** Messages of different purposes have their own gap, as GoTrue's *_sent_at columns have. */
  readonly purpose: 'confirmation' | 'recovery' | 'email_change' | 'phone_change' | 'reauthentication' | 'factor';
  readonly address: string;
  readonly ip: string;
  /** Instead of the project's max_frequency. */
  readonly gapSeconds?: number;
  /** Instead of the default of text messages, which cost money: 5 an hour and 20 a day for a number, 30 an hour for a client. */
  readonly most?: { readonly perHour: number; readonly perDay: number; readonly perHourOfClient: number };
}

const MOST_TEXTS = { perHour: 5, perDay: 20, perHourOfClient: 30 } as const;
const HOUR = 3600;
const DAY = 24 * HOUR;

interface Rule {
  readonly key: string;
  readonly most: number;
  readonly seconds: number;
}

/** Counts a message that is about to be made. Throws over_email_send_rate_limit or over_sms_send_rate_limit (429, Retry-After). */
export async function countMessage(context: AuthContext, tx: Session, quota: MessageQuota): Promise<void> {
  const now = context.now();
  const rules = rulesOf(context, quota);
  const keys = [...new Set(rules.map(({ key }) => key))];
  await tx.execute(
    `insert into auth.message_quotas (key, asked_at, last_asked_at) select key, '{}', $2::timestamptz from unnest($1::text[]) as wanted (key)
     order by key on conflict do nothing`,
    [keys, new Date(now)],
  );
  const rows = await tx.query<{ key: string; asked_at: Date[] }>(
    'select key, asked_at from auth.message_quotas where key = any($1::text[]) order by key for update',
    [keys],
  );
  const asked = new Map(rows.map((row) => [row.key, row.asked_at.map((at) => at.getTime())]));
  const wait = Math.max(0, ...rules.map((rule) => secondsToWait(rule, asked.get(rule.key) ?? [], now)));
  if (wait > 0) throw tooOften(quota.channel, wait);
  await tx.execute(
    `update auth.message_quotas set last_asked_at = $2::timestamptz, asked_at =
       array(select at from unnest(asked_at) as at where at > $2::timestamptz - interval '1 day') || $2::timestamptz
     where key = any($1::text[])`,
    [keys, new Date(now)],
  );
}

/** Takes the latest count back: the message was taken by nobody. */
export async function uncountMessage(context: AuthContext, tx: Session, quota: MessageQuota): Promise<void> {
  await tx.execute(
    'update auth.message_quotas set asked_at = asked_at[:cardinality(asked_at) - 1] where key = any($1::text[])',
    [[...new Set(rulesOf(context, quota).map(({ key }) => key))]],
  );
}

/** Forgets what no rule asks about any more. Returns how many addresses. */
export function sweepMessageQuotas(tx: Session, now: number): Promise<number> {
  return tx.execute('delete from auth.message_quotas where last_asked_at < $1', [new Date(now - DAY * 1000)]);
}

function rulesOf(context: AuthContext, { channel, purpose, address, ip, gapSeconds, most }: MessageQuota): Rule[] {
  const key = (...parts: string[]) => context.seal('message-quota', [channel, ...parts].join('\0'));
  const gap = gapSeconds ?? context.settings[channel].maxFrequency;
  const rules: Rule[] = gap > 0 ? [{ key: key('gap', purpose, address.toLowerCase()), most: 1, seconds: gap }] : [];
  const local = !context.settings.production && isLoopback(ip);
  if (channel === 'email' || (local && !most)) return rules;
  const { perHour, perDay, perHourOfClient } = most ?? MOST_TEXTS;
  return [
    ...rules,
    { key: key('address', address), most: perHour, seconds: HOUR },
    { key: key('address', address), most: perDay, seconds: DAY },
    { key: key('client', ip), most: perHourOfClient, seconds: HOUR },
  ];
}

/** 0 when there is room; `asked` oldest first. */
function secondsToWait({ most, seconds }: Rule, asked: readonly number[], now: number): number {
  const within = asked.filter((at) => at > now - seconds * 1000);
  if (within.length < most) return 0;
  return Math.max(1, Math.ceil((within[within.length - most]! + seconds * 1000 - now) / 1000));
}

const tooOften = (channel: 'email' | 'sms', wait: number) =>
  overRate(
    `over_${channel}_send_rate_limit`,
    `For security purposes, you can only request this after ${wait} seconds.`,
    wait,
  );
