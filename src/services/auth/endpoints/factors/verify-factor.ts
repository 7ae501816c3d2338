import { type Static, Type } from 'typebox';
import type { Session } from '#kernel/postgres/database.ts';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { type OpenChallenge, openChallenge, ownFactor } from '../../factors/challenge.ts';
import { sessionOf } from '../../factors/enrolment.ts';
import { sealedFactorCode } from '../../factors/phone-code.ts';
import { isTotpCode, TOTP_LIFETIME_SECONDS } from '../../factors/totp.ts';
import { upgradeSession } from '../../factors/upgrade-session.ts';
import { askVerificationHook } from '../../factors/verification-hook.ts';
import { type AuthRequest, endpoint, type SignedIn } from '../../http/endpoint.ts';
import { clearAttempts, countAttempt } from '../../limits/attempts.ts';
import type { SessionBody } from '../../sessions/issue-session.ts';
import {
  answerChallenge,
  type ChallengeRow,
  type FactorRow,
  verifyFactor as storeVerified,
  wasAnsweredWith,
} from '../../store/factors.ts';
import { sameText } from '../../tokens/random.ts';
import { CredentialBody } from '../../webauthn/credential.ts';
import { answeredWebAuthn } from '../../webauthn/factor.ts';

const Body = Type.Object({
  challenge_id: Type.Optional(Type.String()),
  code: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  webauthn: Type.Optional(Type.Object({ credential_response: CredentialBody })),
});
type Request = AuthRequest<Static<typeof Body>>;

/** POST /factors/:id/verify: answers a challenge; the session goes on at aal2 with new tokens. Tries are counted before they are compared. */
export const verifyFactor = endpoint('POST', '/factors/:id/verify', 'user', Body, async (context, request, caller) => {
  sessionOf(caller);
  const { user } = caller;
  const factor = await context.transaction((tx) => ownFactor(tx, user.id, request.params['id']!));
  const kind = KINDS[factor.factor_type];
  if (!context.settings.mfa[kind.setting].verify)
    throw new AuthError(422, kind.code, `MFA verification is disabled for ${kind.label}`);
  kind.assertAnswered(request);
  const attempt = { kind: 'factor', account: user.id, ip: request.ip } as const;
  const challenge = opened(await openOne(context, request, factor));
  await countAttempt(context, attempt);
  const verdict = await kind.check(context, request, factor, challenge);
  await askVerificationHook(context, factor, verdict.valid);
  if (!verdict.valid) throw new AuthError(422, 'mfa_verification_failed', kind.refusal);
  const body = await settle(context, request, caller, factor, verdict);
  await clearAttempts(context, attempt);
  return { status: 200, body };
});

type Verdict =
  | { readonly valid: false }
  | {
      readonly valid: true;
      readonly credential?: Readonly<Record<string, unknown>>;
      /** Stored with the challenge: a code is good once. */
      readonly codeHash?: string;
    };
type Check = (context: AuthContext, request: Request, factor: FactorRow, challenge: ChallengeRow) => Promise<Verdict>;

const INVALID: Verdict = { valid: false };

/**
 * RFC 6238, 5.2: a code is accepted once. The one that finished the enrolment may come a second time, because people sign in
 * with it while it still stands on the screen.
 */
const checkTotp: Check = async (context, request, factor) => {
  const code = request.body.code!.trim();
  if (!isTotpCode(factor.secret ?? '', code, context.now())) return INVALID;
  if (factor.status === 'unverified') return { valid: true };
  const codeHash = sealedFactorCode(context, factor.id, code);
  const since = new Date(context.now() - TOTP_LIFETIME_SECONDS * 2 * 1000);
  const used = await context.transaction((tx) => wasAnsweredWith(tx, factor.id, codeHash, since));
  return used ? INVALID : { valid: true, codeHash };
};

const checkPhone: Check = async (context, request, _factor, challenge) => {
  const given = sealedFactorCode(context, challenge.id, request.body.code!.trim());
  return challenge.otp_code && sameText(given, challenge.otp_code) ? { valid: true } : INVALID;
};

const checkKey: Check = async (_context, request, factor, challenge) => {
  const { credential_response: credential } = request.body.webauthn!;
  const stored = await answeredWebAuthn(factor, challenge.web_authn_session_data, credential);
  return stored ? { valid: true, credential: stored } : INVALID;
};

const withCode = ({ body }: Request) => {
  if (!body.code) throw validationFailed('Code needs to be non-empty');
};
const withKey = ({ body }: Request) => {
  if (!body.webauthn) throw validationFailed('WebAuthn config required for WebAuthn verification');
};

const KINDS = {
  totp: {
    setting: 'totp',
    label: 'TOTP',
    code: 'mfa_totp_verify_not_enabled',
    refusal: 'Invalid TOTP code entered',
    assertAnswered: withCode,
    check: checkTotp,
  },
  phone: {
    setting: 'phone',
    label: 'Phone',
    code: 'mfa_phone_verify_not_enabled',
    refusal: 'Invalid MFA Phone code entered',
    assertAnswered: withCode,
    check: checkPhone,
  },
  webauthn: {
    setting: 'webAuthn',
    label: 'WebAuthn',
    code: 'mfa_webauthn_verify_not_enabled',
    refusal: 'Invalid WebAuthn credential',
    assertAnswered: withKey,
    check: checkKey,
  },
} as const;

const challengeOf = (context: AuthContext, tx: Session, request: Request, factor: FactorRow): Promise<OpenChallenge> =>
  openChallenge(context, tx, factor, { challengeId: request.body.challenge_id ?? '', ip: request.ip });

const openOne = (context: AuthContext, request: Request, factor: FactorRow): Promise<OpenChallenge> =>
  context.transaction((tx) => challengeOf(context, tx, request, factor));

function opened(found: OpenChallenge): ChallengeRow {
  if (found.kind === 'refused') throw found.error;
  return found.challenge;
}

/** Once more under the factor's lock, because of two right answers at one time only one counts. */
function settle(
  context: AuthContext,
  request: Request,
  caller: SignedIn,
  factor: FactorRow,
  verdict: Verdict & { readonly valid: true },
): Promise<SessionBody> {
  return context.transaction(async (tx) => {
    await ownFactor(tx, factor.user_id, factor.id, { lock: true });
    const challenge = opened(await challengeOf(context, tx, request, factor));
    if (verdict.codeHash) {
      const since = new Date(context.now() - TOTP_LIFETIME_SECONDS * 2 * 1000);
      if (await wasAnsweredWith(tx, factor.id, verdict.codeHash, since))
        throw new AuthError(422, 'mfa_verification_failed', KINDS.totp.refusal);
    }
    await answerChallenge(tx, challenge.id, verdict.codeHash);
    if (factor.status === 'unverified' || verdict.credential) await storeVerified(tx, factor.id, verdict.credential);
    return upgradeSession(context, tx, caller, request, factor);
  });
}
