import type { Session } from '#kernel/postgres/database.ts';

export interface DemoSignal {
  readonly id: string;
  readonly ticker: string;
  readonly companyName: string | null;
  readonly sector: string | null;
  readonly signalType: string;
  readonly finalScore: number;
  readonly entryPrice: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly riskRewardRatio: number;
  readonly status: string;
  readonly source: string;
  readonly createdAt: string;
  readonly outcome: {
    readonly type: string;
    readonly exitPrice: number | null;
    readonly actualReturn: number | null;
    readonly endedAt: string;
  };
}

/** The signals that ended last, as they ended: newest first and not chosen by it. For everyone, so it runs as the service. */
export async function endedSignals(session: Session, limit: number): Promise<DemoSignal[]> {
  const rows = await session.query<
    Omit<DemoSignal, 'createdAt' | 'outcome'> & {
      createdAt: Date;
      type: string;
      exitPrice: number | null;
      actualReturn: number | null;
      endedAt: Date;
    }
  >(
    `select s.id, s.ticker, s.company_name as "companyName", s.sector, s.signal_type as "signalType", s.levels_score as "finalScore",
       s.entry_price::float8 as "entryPrice", s.stop_loss::float8 as "stopLoss", s.take_profit::float8 as "takeProfit",
       s.risk_reward_ratio::float8 as "riskRewardRatio", s.status, s.source, s.created_at as "createdAt",
       o.outcome_type as type, o.exit_price::float8 as "exitPrice", o.actual_return::float8 as "actualReturn", o.recorded_at as "endedAt"
     from public.signal_outcomes o join public.trading_signals s on s.id = o.signal_id
     order by o.recorded_at desc, s.id limit $1`,
    [limit],
  );
  return rows.map(({ createdAt, type, exitPrice, actualReturn, endedAt, ...row }) => ({
    ...row,
    createdAt: createdAt.toISOString(),
    outcome: { type, exitPrice, actualReturn, endedAt: endedAt.toISOString() },
  }));
}

export function publishedTestimonials(session: Session, language: string) {
  return session.query<{ id: string; author: string; text: string; language: string; rating: number | null }>(
    `select id, author, text, language, rating from public.testimonials where published and language in ($1, 'en')
     order by (language = $1) desc, created_at desc limit 20`,
    [language],
  );
}

export interface Contact {
  readonly name: string;
  readonly email: string;
  readonly subject: string;
  readonly message: string;
  readonly language: string;
  readonly userId: string | null;
  readonly ip: string;
  readonly userAgent: string;
  readonly spamScore: number;
}

/** Seconds until this address may write again; 0 when it may now. `most` an hour, one after the other. */
export async function contactPause(session: Session, ip: string, most: number): Promise<number> {
  await session.query('select pg_advisory_xact_lock(hashtext($1))', [`contact ${ip}`]);
  const { wait } = await session.one<{ wait: number }>(
    `select coalesce(ceil(extract(epoch from min(created_at) + interval '1 hour' - now())), 0)::int as wait
     from (select created_at from public.contact_submissions where ip_address = $1::text::inet and created_at > now() - interval '1 hour'
           order by created_at desc offset ($2::int - 1) limit 1) oldest`,
    [ip, most],
  );
  return wait;
}

export async function insertContact(session: Session, contact: Contact): Promise<string> {
  const { id } = await session.one<{ id: string }>(
    `insert into public.contact_submissions (name, email, subject, message, language, user_id, ip_address, user_agent, spam_score, is_spam)
     values ($1, $2, $3, $4, $5, $6::text::uuid, $7::text::inet, $8, $9::numeric, $9::numeric >= 5) returning id`,
    [
      ...[contact.name, contact.email, contact.subject, contact.message, contact.language, contact.userId, contact.ip],
      ...[contact.userAgent.slice(0, 500), contact.spamScore],
    ],
  );
  return id;
}

/** Whether a mail to confirm is due: not to who is subscribed, and to nobody twice in ten minutes. */
export async function requestNewsletter(session: Session, email: string, language: string): Promise<boolean> {
  const changed = await session.execute(
    `insert into public.newsletter_subscribers as n (email, language) values ($1, $2)
     on conflict (email) do update set language = excluded.language, created_at = now(), unsubscribed_at = null,
       confirmed_at = case when n.unsubscribed_at is null then n.confirmed_at end
     where n.unsubscribed_at is not null or (n.confirmed_at is null and n.created_at < now() - interval '10 minutes')`,
    [email, language],
  );
  return changed > 0;
}

export async function settleNewsletter(session: Session, email: string, subscribed: boolean): Promise<boolean> {
  const changed = await session.execute(
    subscribed
      ? `update public.newsletter_subscribers set confirmed_at = coalesce(confirmed_at, now()), unsubscribed_at = null where email = $1`
      : 'update public.newsletter_subscribers set unsubscribed_at = coalesce(unsubscribed_at, now()) where email = $1',
    [email],
  );
  return changed > 0;
}

export async function recordConsent(
  session: Session,
  consent: { sessionId: string; type: string; accepted: boolean; userId: string | null; ip: string },
): Promise<void> {
  await session.execute(
    `insert into public.user_legal_consents (session_id, consent_type, accepted, user_id, ip_address)
     values ($1, $2, $3, $4::text::uuid, $5::text::inet)
     on conflict (session_id, consent_type) do update
       set accepted = excluded.accepted, user_id = coalesce(excluded.user_id, user_legal_consents.user_id), ip_address = excluded.ip_address`,
    [consent.sessionId, consent.type, consent.accepted, consent.userId, consent.ip],
  );
}
