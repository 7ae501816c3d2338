import type { AuthOptions } from './api.ts';
import type { AuthContext } from './context.ts';
import { openHooks } from './hooks/open-hooks.ts';
import { openRateLimits } from './limits/open-rate-limits.ts';
import { type OpenOutbox, openOutbox } from './notify/open-outbox.ts';
import { AUTH_OWNER } from './store/auth-owner.ts';
import { openSigningKeys } from './tokens/open-signing-keys.ts';
import { sealing } from './tokens/seal.ts';

/** The context of one project, and its outbox as the one who closes it has it. */
export function openContext(options: AuthOptions): AuthContext & { readonly outbox: OpenOutbox } {
  const { services, settings, keys, now = Date.now } = options;
  const log = options.log.child({ module: 'auth' });
  const transaction: AuthContext['transaction'] = (work, sessionOptions) =>
    services.as(AUTH_OWNER, work, sessionOptions);
  const hooks = openHooks(settings, transaction);
  const limits = openRateLimits(settings, now);
  return {
    settings,
    keys: openSigningKeys(keys, now),
    log,
    outbox: openOutbox({ settings, transaction, hooks, limits, log }),
    hooks,
    limits,
    seal: sealing(keys.jwtSecret),
    now,
    transaction,
    services,
  };
}
