import { type Static, Type } from 'typebox';
import type { AuthContext } from '../../context.ts';
import { AuthError, validationFailed } from '../../errors.ts';
import { enrol } from '../../factors/enrolment.ts';
import { qrCodeSvg } from '../../factors/qr-code.ts';
import { newTotpSecret, totpUri } from '../../factors/totp.ts';
import { type Answer, type AuthRequest, endpoint, type SignedIn } from '../../http/endpoint.ts';
import { normalisePhone } from '../../rules/addresses.ts';
import type { FactorType } from '../../store/factors.ts';

const Body = Type.Object({
  factor_type: Type.Optional(Type.String()),
  friendly_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  issuer: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  phone: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
type Request = AuthRequest<Static<typeof Body>>;

/** POST /factors: an unverified factor; verifying a challenge of it makes it count. */
export const enrolFactor = endpoint('POST', '/factors', 'user', Body, async (context, request, caller) => {
  const type = request.body.factor_type ?? '';
  const kind = KINDS[type as FactorType];
  if (!Object.hasOwn(KINDS, type) || !kind) throw validationFailed('factor_type needs to be totp, phone, or webauthn');
  if (!context.settings.mfa[kind.setting].enroll)
    throw new AuthError(422, kind.code, `MFA enroll is disabled for ${kind.label}`);
  return kind.enrol(context, request, caller);
});

const name = (request: Request) => request.body.friendly_name ?? '';

async function enrolTotp(context: AuthContext, request: Request, caller: SignedIn): Promise<Answer> {
  const { user } = caller;
  const secret = newTotpSecret();
  const issuer = request.body.issuer || new URL(context.settings.siteUrl).host;
  const uri = totpUri({ issuer, account: user.email || user.phone || user.id, secret });
  const factor = await enrol(context, caller, request.ip, { type: 'totp', friendlyName: name(request), secret });
  return {
    status: 200,
    body: {
      id: factor.id,
      type: 'totp',
      friendly_name: factor.friendly_name ?? '',
      totp: { qr_code: qrCodeSvg(uri), secret, uri },
    },
  };
}

async function enrolPhone(context: AuthContext, request: Request, caller: SignedIn): Promise<Answer> {
  if (!request.body.phone) throw validationFailed('Phone number required to enroll Phone factor');
  const phone = normalisePhone(request.body.phone);
  const factor = await enrol(context, caller, request.ip, { type: 'phone', friendlyName: name(request), phone });
  return {
    status: 200,
    body: { id: factor.id, type: 'phone', friendly_name: factor.friendly_name ?? '', phone: request.body.phone },
  };
}

async function enrolWebAuthn(context: AuthContext, request: Request, caller: SignedIn): Promise<Answer> {
  const factor = await enrol(context, caller, request.ip, { type: 'webauthn', friendlyName: name(request) });
  return { status: 200, body: { id: factor.id, type: 'webauthn', friendly_name: factor.friendly_name ?? '' } };
}

const KINDS = {
  totp: { setting: 'totp', label: 'TOTP', code: 'mfa_totp_enroll_not_enabled', enrol: enrolTotp },
  phone: { setting: 'phone', label: 'Phone', code: 'mfa_phone_enroll_not_enabled', enrol: enrolPhone },
  webauthn: { setting: 'webAuthn', label: 'WebAuthn', code: 'mfa_webauthn_enroll_not_enabled', enrol: enrolWebAuthn },
} as const;
