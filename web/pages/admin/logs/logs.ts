import { withQuery } from '../list-address.ts';
import { useAdmin } from '../staff.ts';
import { dayStart } from './day-start.ts';

export const LOGS = ['errors', 'audit', 'security'] as const;
export type LogName = (typeof LOGS)[number];

/** What rows of every log have. Times ISO 8601. */
interface Logged {
  readonly id: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly created_at: string;
  /** Whom it happened to, or who did it. */
  readonly person: { readonly id: string; readonly name: string; readonly email: string } | null;
}

export interface LoggedError extends Logged {
  readonly message: string;
  readonly stack: string | null;
  readonly type: string | null;
  readonly url: string | null;
  readonly method: string | null;
  readonly request_id: string | null;
}

export interface LoggedDeed extends Logged {
  readonly action_type: string;
  readonly target_type: string | null;
  readonly target_id: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface SecurityEvent extends Logged {
  readonly event_type: string;
  readonly event_description: string | null;
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly metadata: Readonly<Record<string, unknown>>;
}

export const LOG_LIMIT = 50;

export interface LogFilter {
  readonly search: string;
  /** Days as date inputs give them, of the reader's own calendar; both belong. */
  readonly from: string;
  readonly to: string;
}

export function useLog<Entry>(name: LogName, { search, from, to }: LogFilter, page: number) {
  const query = { search, from: dayStart(from, 0), to: dayStart(to, 1), page, limit: LOG_LIMIT };
  return useAdmin<Entry[]>(withQuery(`system/logs/${name}`, query));
}
