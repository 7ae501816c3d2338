import { Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';
import { type FlowStateRow, flowExpired } from '../../flows/flow-state.ts';
import { type Answer, type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { asAuthError } from '../../http/refusal.ts';
import { claimFlow } from '../../providers/flow/claim-flow.ts';
import { challengeOf, finishProviderFlow } from '../../providers/flow/finish-provider-flow.ts';
import { withProviderError } from '../../providers/flow/provider-refusal.ts';
import type { Provider } from '../../providers/provider.ts';
import { findProvider } from '../../providers/registry.ts';
import { withError } from '../../rules/redirects.ts';

type Fields = Readonly<Record<string, unknown>>;

/** GET /callback: where providers send people back to. Every outcome is a redirect to the app. */
export const callback = endpoint('GET', '/callback', 'public', Type.Object({}), (context, request) =>
  handle(context, request, Object.fromEntries(request.query)),
);

/** POST /callback: the same as a form, as Apple sends it. */
export const postedCallback = endpoint('POST', '/callback', 'public', Type.Object({}), (context, request) =>
  handle(context, request, { ...Object.fromEntries(request.query), ...request.body }),
);

async function handle(context: AuthContext, request: AuthRequest<unknown>, fields: Fields): Promise<Answer> {
  const text = (name: string) => (typeof fields[name] === 'string' ? (fields[name] as string) : '');
  const claimed = await redirectingErrors(context, request, undefined, () => claim(context, text('state')));
  if ('redirect' in claimed) return claimed;
  const { flow } = claimed;
  return redirectingErrors(context, request, flow, async () => {
    if (text('error') !== '')
      return found(
        withProviderError(targetOf(context, flow), text('error'), text('error_description'), {
          pkce: challengeOf(flow) !== undefined,
        }),
      );
    if (text('code') === '')
      throw new AuthError(400, 'bad_oauth_callback', 'OAuth callback with missing authorization code missing');
    return found(await finishProviderFlow(context, { ...claimed, code: text('code'), fields, request }));
  });
}

const found = (redirect: string): Answer & { redirect: string } => ({ redirect, status: 302 });

const targetOf = (context: AuthContext, flow: FlowStateRow | undefined): string =>
  flow?.referrer || context.settings.siteUrl;

/** The flow that the state names; it opens once. */
async function claim(context: AuthContext, state: string): Promise<{ flow: FlowStateRow; provider: Provider }> {
  if (state === '') throw new AuthError(400, 'bad_oauth_callback', 'OAuth state parameter missing');
  return context.transaction(async (tx) => {
    const flow = await claimFlow(context, tx, state);
    if (!flow) throw new AuthError(400, 'bad_oauth_state', 'OAuth callback with invalid state');
    if (flowExpired(context, flow)) throw new AuthError(400, 'bad_oauth_state', 'OAuth state has expired');
    return { flow, provider: await findProvider(context, tx, flow.provider_type) };
  });
}

/** A person in a browser gets every refusal on the app's page, where it can be explained. */
async function redirectingErrors<T>(
  context: AuthContext,
  request: AuthRequest<unknown>,
  flow: FlowStateRow | undefined,
  work: () => Promise<T>,
): Promise<T | (Answer & { redirect: string })> {
  try {
    return await work();
  } catch (error) {
    const pkce = flow ? challengeOf(flow) !== undefined : false;
    return found(withError(targetOf(context, flow), shown(context, request, error), { pkce }));
  }
}

function shown(context: AuthContext, request: AuthRequest<unknown>, error: unknown): AuthError {
  const known = asAuthError(error);
  // What a provider failed at was logged where it happened.
  if (!(error instanceof AuthError))
    context.log.error({ err: error, requestId: request.requestId, path: request.path }, 'a callback failed');
  return known;
}
