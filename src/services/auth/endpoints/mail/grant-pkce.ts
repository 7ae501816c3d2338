import { Type } from 'typebox';
import { AuthError, validationFailed } from '../../errors.ts';
import { answersChallenge } from '../../flows/challenge.ts';
import { deleteFlow, findFlowByCode, flowExpired } from '../../flows/flow-state.ts';
import { checkedBody } from '../../http/check-body.ts';
import type { Grant } from '../../http/grant.ts';
import { issueSession } from '../../sessions/issue-session.ts';
import { assertNotBanned } from '../../sessions/sign-in-checks.ts';
import { audit } from '../../store/audit.ts';
import { findUser } from '../../store/users.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({ auth_code: Text, code_verifier: Text });

/** POST /token?grant_type=pkce: the code that a link or a provider brought back, for who has the verifier. It works once. */
export const pkceGrant: Grant = async (context, request) => {
  const { auth_code: code, code_verifier: verifier } = checkedBody(Body, request.body);
  if (!code || !verifier)
    throw validationFailed('invalid request: both auth code and code verifier should be non-empty');
  const session = await context.transaction(async (tx) => {
    const flow = await findFlowByCode(context, tx, String(code));
    if (!flow?.user_id || !flow.code_challenge || !flow.code_challenge_method)
      throw new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
    if (flowExpired(context, flow))
      throw new AuthError(422, 'flow_state_expired', 'invalid flow state, flow state has expired');
    const challenge = { challenge: flow.code_challenge, method: flow.code_challenge_method };
    if (!answersChallenge(String(verifier), challenge))
      throw new AuthError(400, 'bad_code_verifier', 'code challenge does not match previously saved code verifier');
    const user = await findUser(tx, flow.user_id, { lock: true });
    if (!user || user.deleted_at)
      throw new AuthError(404, 'flow_state_not_found', 'invalid flow state, no valid flow state found');
    assertNotBanned(context, user);
    await deleteFlow(tx, flow.id);
    await audit(tx, user, 'login', { ip: request.ip, traits: { provider_type: flow.provider_type } });
    return issueSession(context, tx, {
      user,
      method: flow.authentication_method,
      request,
      providerToken: flow.provider_access_token || undefined,
      providerRefreshToken: flow.provider_refresh_token || undefined,
    });
  });
  return { status: 200, body: session };
};
