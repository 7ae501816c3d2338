import type { Challenge } from '../flows/challenge.ts';
import type { UserRow } from '../store/users.ts';

/**
 * Sends what was prepared; to be called after the transaction has committed. The id is a text message's. Throws what `Outbox` throws.
 */
export type Send = () => Promise<{ readonly messageId?: string }>;

/** A message about an account is asked for by somebody at an address, and its link leads somewhere. */
export interface MailRequest {
  readonly user: UserRow;
  /** Address of the client: quotas. */
  readonly ip: string;
  /** As `redirectTarget` (rules/redirects.ts) allowed it. */
  readonly redirectTo: string;
  readonly challenge?: Challenge;
}

export interface SmsRequest {
  readonly user: UserRow;
  readonly ip: string;
  readonly channel?: 'sms' | 'whatsapp';
}
