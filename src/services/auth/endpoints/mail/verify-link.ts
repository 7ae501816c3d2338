import { Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import { type Acted, actOnToken } from '../../codes/act-on-token.ts';
import { redeemTokenHash } from '../../codes/redeem-code.ts';
import { PKCE_PREFIX } from '../../codes/sealed-token.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { issueAuthCodeByMail } from '../../flows/flow-state.ts';
import { type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { redirectOf, withCode, withError, withMessage, withSession } from '../../rules/redirects.ts';
import { issueSession } from '../../sessions/issue-session.ts';
import type { AmrMethod } from '../../store/amr.ts';
import { tellOfChange } from './tell-of-change.ts';
import { HALF_CONFIRMED, linkExpired, tokenTypes } from './verify-type.ts';

interface Link {
  readonly token: string;
  readonly type: string;
  readonly target: string;
  readonly pkce: boolean;
}

/** GET /verify: the link of a mail. Leads on to the app with a session in the fragment, in PKCE with a code, or with what went wrong. */
export const verifyLink = endpoint(
  'GET',
  '/verify',
  'public',
  Type.Object({}),
  async (context, request) => {
    const link = linkOf(context, request);
    try {
      return { redirect: await follow(context, request, link), status: 303 };
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      return { redirect: withError(link.target, error, link), status: 303 };
    }
  },
  { limit: 'token_verifications' },
);

function linkOf({ settings }: AuthContext, request: AuthRequest<object>): Link {
  const { query } = request;
  const type = query.get('type') ?? '';
  const token = query.get('token') || query.get('token_hash') || '';
  if (type === '') throw validationFailed('Verify requires a verification type');
  if (token === '') throw validationFailed('Verify requires a token or a token hash');
  return {
    token,
    type,
    target: redirectOf(settings, { query, headers: request.headers }),
    pkce: token.startsWith(PKCE_PREFIX),
  };
}

async function follow(context: AuthContext, request: AuthRequest<object>, link: Link): Promise<string> {
  const token = await redeemTokenHash(context, link.token, tokenTypes(link.type, 'email'));
  if (!token) throw linkExpired();
  const { acted, target } = await context.transaction(async (tx) => {
    const done = await actOnToken(context, tx, token, request.ip, linkExpired);
    return { acted: done, target: await destination(context, tx, request, link, done) };
  });
  tellOfChange(context, acted);
  return target;
}

async function destination(
  context: AuthContext,
  tx: Session,
  request: AuthRequest<object>,
  { target, type, pkce }: Link,
  acted: Acted,
): Promise<string> {
  if (acted.kind === 'half confirmed') return withMessage(target, HALF_CONFIRMED, { pkce });
  const { user } = acted;
  if (pkce) return withCode(target, await issueAuthCodeByMail(context, tx, user.id, methodOf(type)));
  return withSession(target, await issueSession(context, tx, { user, method: 'otp', request }), { type });
}

const methodOf = (type: string): AmrMethod => (type === 'signup' ? 'email/signup' : (type as AmrMethod));
