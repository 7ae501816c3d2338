import type { Session } from '#kernel/postgres/database.ts';
import type { HookName } from '../settings/settings.ts';

/** Calls what the project hooked in: a Postgres function in the caller's transaction, or an HTTP endpoint signed by standard-webhooks. */
export interface Hooks {
  has(name: HookName): boolean;
  /**
   * The hook's answer. Throws AuthError: what the hook refuses with ({error:{http_code,message}}), hook_timeout (422),
   * hook_payload_over_size_limit, hook_payload_invalid_content_type as GoTrue has them.
   */
  call(
    name: HookName,
    payload: Readonly<Record<string, unknown>>,
    session?: Session,
  ): Promise<Readonly<Record<string, unknown>>>;
}
