import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../context.ts';
import { AuthError } from '../errors.ts';
import type { AuthSettings, HookName } from '../settings/settings.ts';
import type { Hooks } from './hooks.ts';
import { callHttpHook } from './http-hook.ts';
import { callPostgresHook, parseFunctionUri } from './postgres-hook.ts';

type Payload = Readonly<Record<string, unknown>>;
type Call = (payload: Payload, session: Session | undefined) => Promise<unknown>;

/** The project's hooks. A function of Postgres that is called outside a transaction gets one of its own. */
export function openHooks(settings: AuthSettings, transaction: AuthContext['transaction']): Hooks {
  const calls = new Map<HookName, Call>();
  for (const [name, { uri, secrets }] of Object.entries(settings.hooks)) {
    const target = parseFunctionUri(uri);
    const call: Call = target
      ? (payload, session) =>
          session
            ? callPostgresHook(session, target, payload)
            : transaction((own) => callPostgresHook(own, target, payload))
      : (payload) => callHttpHook(uri, secrets, payload);
    calls.set(name as HookName, call);
  }
  return {
    has: (name) => calls.has(name),
    call: async (name, payload, session) => {
      const call = calls.get(name);
      return call ? checked(await call(payload, session)) : {};
    },
  };
}

/** A hook refuses by answering `{error: {http_code, message}}`; the refusal goes to the caller as it is. */
function checked(answer: unknown): Readonly<Record<string, unknown>> {
  const fields = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof fields !== 'object' || Array.isArray(fields))
    throw new AuthError(500, 'unexpected_failure', 'The hook answered with something that is not a JSON object');
  const error = fields['error'] as { http_code?: unknown; message?: unknown } | null | undefined;
  if (!error || typeof error !== 'object') return fields;
  const status = Number(error.http_code);
  const valid = Number.isInteger(status) && status >= 400 && status <= 599;
  throw new AuthError(
    valid ? status : 500,
    valid && status !== 500 ? 'unknown' : 'unexpected_failure',
    typeof error.message === 'string' && error.message !== '' ? error.message : 'Internal Server Error',
  );
}
