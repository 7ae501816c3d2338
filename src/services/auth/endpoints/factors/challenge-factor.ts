import { randomUUID } from 'node:crypto';
import { type Static, Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { AuthError, overRate } from '../../errors.ts';
import { challengeExpires, ownFactor } from '../../factors/challenge.ts';
import { newPhoneCode, sealedFactorCode, testCode } from '../../factors/phone-code.ts';
import { type Answer, type AuthRequest, endpoint, type SignedIn } from '../../http/endpoint.ts';
import { messageChannel } from '../../rules/message-channel.ts';
import { audit } from '../../store/audit.ts';
import { type ChallengeRow, type FactorRow, insertChallenge } from '../../store/factors.ts';
import { challengeWebAuthn } from '../../webauthn/factor.ts';
import { WebAuthnParameters } from '../../webauthn/relying-party.ts';

const Body = Type.Object({
  channel: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  webauthn: Type.Optional(Type.Union([WebAuthnParameters, Type.Null()])),
});
type Request = AuthRequest<Static<typeof Body>>;

/** POST /factors/:id/challenge: what the factor must answer within five minutes, from the same address. */
export const challengeFactor = endpoint(
  'POST',
  '/factors/:id/challenge',
  'user',
  Body,
  async (context, request, caller) => {
    const factor = await context.transaction((tx) => ownFactor(tx, caller.user.id, request.params['id']!));
    const kind = KINDS[factor.factor_type];
    if (!context.settings.mfa[kind.setting].verify)
      throw new AuthError(422, kind.code, `MFA verification is disabled for ${kind.label}`);
    return kind.challenge(context, request, caller, factor);
  },
);

type Challenged = (context: AuthContext, request: Request, caller: SignedIn, factor: FactorRow) => Promise<Answer>;

const challengeTotp: Challenged = async (context, request, caller, factor) =>
  answer(factor, await record(context, request, caller, factor, {}));

/** The message leaves after the challenge is stored: a code that arrives can be answered. */
const challengePhone: Challenged = async (context, request, caller, factor) => {
  const channel = messageChannel(context.settings, request.body.channel);
  const { otpLength, maxFrequency, template } = context.settings.mfa.phone;
  const wait = maxFrequency - (context.now() - (factor.last_challenged_at?.getTime() ?? 0)) / 1000;
  if (wait > 0) {
    const seconds = Math.ceil(wait);
    throw overRate(
      'over_sms_send_rate_limit',
      `For security purposes, you can only request this after ${seconds} seconds.`,
      seconds,
    );
  }
  const phone = factor.phone ?? '';
  const known = testCode(context, phone);
  const code = known ?? newPhoneCode(otpLength);
  const id = randomUUID();
  const challenge = await record(context, request, caller, factor, {
    id,
    codeHash: sealedFactorCode(context, id, code),
  });
  if (!known) await context.outbox.sms({ phone, code, user: caller.user, channel, template });
  return answer(factor, challenge);
};

const challengeKey: Challenged = async (context, request, caller, factor) => {
  const { credentialOptions, session, type } = await challengeWebAuthn(
    context,
    caller.user,
    factor,
    request.body.webauthn,
  );
  const challenge = await record(context, request, caller, factor, { webAuthn: session });
  return answer(factor, challenge, { webauthn: { type, credential_options: { publicKey: credentialOptions } } });
};

const KINDS = {
  totp: { setting: 'totp', label: 'TOTP', code: 'mfa_totp_verify_not_enabled', challenge: challengeTotp },
  phone: { setting: 'phone', label: 'Phone', code: 'mfa_phone_verify_not_enabled', challenge: challengePhone },
  webauthn: {
    setting: 'webAuthn',
    label: 'WebAuthn',
    code: 'mfa_webauthn_verify_not_enabled',
    challenge: challengeKey,
  },
} as const;

function record(
  context: AuthContext,
  request: Request,
  caller: SignedIn,
  factor: FactorRow,
  given: { readonly id?: string; readonly codeHash?: string; readonly webAuthn?: Readonly<Record<string, unknown>> },
): Promise<ChallengeRow> {
  return context.transaction(async (tx) => {
    const challenge = await insertChallenge(tx, factor, {
      ...given,
      ip: request.ip,
      at: new Date(context.now()),
    });
    await audit(tx, caller.user, 'challenge_created', {
      ip: request.ip,
      traits: { factor_id: factor.id, factor_status: factor.status },
    });
    return challenge;
  });
}

const answer = (factor: FactorRow, challenge: ChallengeRow, more: object = {}): Answer => ({
  status: 200,
  body: { id: challenge.id, type: factor.factor_type, expires_at: challengeExpires(challenge), ...more },
});
