import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';
import { startProviderFlow } from '../../providers/flow/start-provider-flow.ts';

/** GET /authorize?provider=: sends a browser to the provider. */
export const authorize = endpoint('GET', '/authorize', 'public', Type.Object({}), async (context, request) => ({
  redirect: await startProviderFlow(context, request),
  status: 302,
}));
