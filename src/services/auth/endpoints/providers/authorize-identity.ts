import { Type } from 'typebox';
import { endpoint } from '../../http/endpoint.ts';
import { startProviderFlow } from '../../providers/flow/start-provider-flow.ts';
import { assertManualLinking } from './manual-linking.ts';

/** GET /user/identities/authorize?provider=: the same for somebody signed in, whose account gets the identity. */
export const authorizeIdentity = endpoint(
  'GET',
  '/user/identities/authorize',
  'user',
  Type.Object({}),
  async (context, request, { user }) => {
    assertManualLinking(context);
    const url = await startProviderFlow(context, request, { linkingTargetId: user.id });
    return request.query.get('skip_http_redirect') === 'true'
      ? { status: 200, body: { url } }
      : { redirect: url, status: 302 };
  },
);
