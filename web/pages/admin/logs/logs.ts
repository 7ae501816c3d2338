import { withQuery } from '../list-address.ts';
import { useAdmin } from '../staff.ts';

export interface LoggedError {
  readonly id: string;
  readonly message: string;
  readonly stack: string | null;
  readonly type: string | null;
  readonly url: string | null;
  readonly method: string | null;
  readonly user_id: string | null;
  readonly user_agent: string | null;
  readonly ip_address: string | null;
  readonly request_id: string | null;
  readonly created_at: string;
}

/** What one of the staff did. `admin` is his address where the server adds it. */
export interface LoggedDeed {
  readonly id: string;
  readonly admin_user_id: string;
  readonly admin?: string | null;
  readonly action_type: string;
  readonly target_type: string | null;
  readonly target_id: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  readonly created_at: string;
}

export const LOG_LIMIT = 50;

export function useLog<Entry>(kind: 'errors' | 'audit', filters: Readonly<Record<string, string>>, page: number) {
  return useAdmin<Entry[]>(withQuery(`system/logs/${kind}`, { ...filters, page, limit: LOG_LIMIT }));
}
