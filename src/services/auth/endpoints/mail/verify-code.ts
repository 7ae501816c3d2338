import { type Static, Type } from 'typebox';
import { type Acted, actOnToken } from '../../codes/act-on-token.ts';
import { type RedeemedToken, redeemTokenHash, tryCode } from '../../codes/redeem-code.ts';
import { tryKnownCode } from '../../codes/try-known-code.ts';
import type { AuthContext } from '../../context.ts';
import { otpExpired, validationFailed } from '../../errors.ts';
import { type AuthRequest, endpoint } from '../../http/endpoint.ts';
import { refusedInEvenTime } from '../../http/even-time.ts';
import { normaliseEmail, normalisePhone } from '../../rules/addresses.ts';
import { issueSession, type SessionBody } from '../../sessions/issue-session.ts';
import { tellOfChange } from './tell-of-change.ts';
import { HALF_CONFIRMED, linkExpired, tokenTypes } from './verify-type.ts';

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Body = Type.Object({ type: Text, token: Text, token_hash: Text, email: Text, phone: Text });
type Request = AuthRequest<Static<typeof Body>>;

/** POST /verify: a code that somebody typed, or the token of a link that an app took; answers with a session. */
export const verifyCode = endpoint(
  'POST',
  '/verify',
  'public',
  Body,
  async (context, request) => {
    const { expired, token } = await redeem(context, request);
    if (!token) throw expired();
    const { acted, session } = await context.transaction(
      async (tx): Promise<{ acted: Acted; session?: SessionBody }> => {
        const acted = await actOnToken(context, tx, token, request.ip, expired);
        if (acted.kind === 'half confirmed') return { acted };
        return { acted, session: await issueSession(context, tx, { user: acted.user, method: 'otp', request }) };
      },
    );
    tellOfChange(context, acted);
    return { status: 200, body: session ?? { msg: HALF_CONFIRMED, code: '200' } };
  },
  { limit: 'token_verifications' },
);

async function redeem(context: AuthContext, { body, ip }: Request) {
  const { type, token: code, token_hash: tokenHash } = body;
  if (!type) throw validationFailed('Verify requires a verification type');
  if (Boolean(code) === Boolean(tokenHash)) throw validationFailed('Verify requires either a token or a token hash');
  if (tokenHash) {
    if (body.email || body.phone) throw validationFailed('Only the token_hash and type should be provided');
    return { expired: linkExpired, token: await redeemTokenHash(context, tokenHash, tokenTypes(type, 'email')) };
  }
  return { expired: otpExpired, token: await redeemTyped(context, { type, code: code!, ...addressOf(body), ip }) };
}

function addressOf({ email, phone }: Static<typeof Body>): { kind: 'email' | 'phone'; address: string } {
  if (phone && !email) return { kind: 'phone', address: normalisePhone(phone) };
  if (email && !phone) return { kind: 'email', address: normaliseEmail(email) };
  throw validationFailed('Only an email address or phone number should be provided on verify');
}

/** A refusal takes the same time whether or not a code was ever sent there. */
function redeemTyped(
  context: AuthContext,
  { type, kind, ...typed }: { type: string; kind: 'email' | 'phone'; address: string; code: string; ip: string },
): Promise<RedeemedToken> {
  const given = { ...typed, types: tokenTypes(type, kind) };
  return refusedInEvenTime(async () => {
    const tried = await (kind === 'email' ? tryCode(context, given) : tryKnownCode(context, given));
    if (tried.kind === 'right') return tried.token;
    throw otpExpired();
  });
}
