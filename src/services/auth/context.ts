import type { Logger } from '#kernel/log.ts';
import type { Database, Session, SessionOptions } from '#kernel/postgres/database.ts';
import type { Hooks } from './hooks/hooks.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import type { Outbox } from './notify/outbox.ts';
import type { AuthSettings } from './settings/settings.ts';
import type { SigningKeys } from './tokens/signing-keys.ts';

/** What every endpoint works with; made once by `openAuth`. */
export interface AuthContext {
  readonly settings: AuthSettings;
  readonly keys: SigningKeys;
  readonly log: Logger;
  /** Sends mail and SMS: in development to the inbox, with settings out. */
  readonly outbox: Outbox;
  readonly hooks: Hooks;
  readonly limits: RateLimits;
  /**
   * HMAC-SHA256 in hexadecimal under a key that is not in the database (derived from the JWT secret, one for each purpose): what is
   * stored of codes and link tokens, so that a stolen dump cannot be searched through for six digits.
   */
  seal(purpose: string, value: string): string;
  /** Milliseconds. */
  now(): number;
  /**
   * One transaction as supabase_auth_admin, the owner of schema auth. A throw rolls back; what must survive a refusal (counters of
   * attempts, a revoked family) is returned as a value, not thrown inside.
   */
  transaction<T>(work: (session: Session) => Promise<T>, options?: SessionOptions): Promise<T>;
  /** Sessions of the services, for whoever must act as another role. */
  readonly services: Database;
}
