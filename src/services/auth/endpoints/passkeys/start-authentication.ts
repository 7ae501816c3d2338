import { Type } from 'typebox';
import { checkCaptcha } from '../../captcha/check-captcha.ts';
import { endpoint } from '../../http/endpoint.ts';
import { insertPasskeyChallenge } from '../../store/passkeys.ts';
import { webAuthn } from '../../webauthn/library.ts';
import { assertPasskeys, PASSKEY_CHALLENGE_LIFETIME } from '../../webauthn/passkey-rules.ts';
import { relyingParty } from '../../webauthn/relying-party.ts';

/** POST /passkeys/authentication/options: what navigator.credentials.get() needs; the person picks the account, nobody names it. */
export const startAuthentication = endpoint(
  'POST',
  '/passkeys/authentication/options',
  'public',
  Type.Record(Type.String(), Type.Unknown()),
  async (context, request) => {
    assertPasskeys(context);
    await checkCaptcha(context, request);
    const party = relyingParty(context);
    const options = await (await webAuthn()).generateAuthenticationOptions({
      rpID: party.id,
      timeout: PASSKEY_CHALLENGE_LIFETIME * 1000,
      userVerification: 'preferred',
    });
    const at = context.now();
    const challenge = await context.transaction((tx) =>
      insertPasskeyChallenge(tx, {
        type: 'authentication',
        sessionData: { challenge: options.challenge, relyingParty: party },
        at: new Date(at),
        expires: new Date(at + PASSKEY_CHALLENGE_LIFETIME * 1000),
      }),
    );
    const expires_at = Math.floor(challenge.expires_at.getTime() / 1000);
    return { status: 200, body: { challenge_id: challenge.id, options, expires_at } };
  },
  { limit: 'sign_in_sign_ups' },
);
