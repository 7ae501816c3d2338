import type { LimitFamily } from '../http/endpoint.ts';

/** Counters that answer at once and live in memory; those that guard codes and passwords live in Postgres (attempts.ts). */
export interface RateLimits {
  /** Counts a request of this family from this address; throws over_request_rate_limit (429) when there were too many. Loopback in development is exempt. */
  request(family: LimitFamily, ip: string): void;
  /** Counts a mail or SMS of the project; throws over_email_send_rate_limit or over_sms_send_rate_limit (429). Mails count only when SMTP is configured. */
  message(kind: 'email' | 'sms'): void;
  /** Throws the same while no further message would be admitted, and counts nothing: for answers that must not tell whether there is one to send. */
  roomForMessage(kind: 'email' | 'sms'): void;
}
