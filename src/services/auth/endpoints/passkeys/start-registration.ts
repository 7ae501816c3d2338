import { Type } from 'typebox';
import { AuthError } from '../../errors.ts';
import { endpoint } from '../../http/endpoint.ts';
import { insertPasskeyChallenge, passkeysOf } from '../../store/passkeys.ts';
import { creationOptions } from '../../webauthn/factor.ts';
import { assertPasskeys, MOST_PASSKEYS, PASSKEY_CHALLENGE_LIFETIME } from '../../webauthn/passkey-rules.ts';
import { relyingParty } from '../../webauthn/relying-party.ts';

/** POST /passkeys/registration/options: what navigator.credentials.create() needs to make a passkey for the caller. */
export const startRegistration = endpoint(
  'POST',
  '/passkeys/registration/options',
  'user',
  Type.Object({}),
  async (context, _request, { user }) => {
    assertPasskeys(context);
    const party = relyingParty(context);
    const known = await context.transaction((tx) => passkeysOf(tx, user.id));
    if (known.length >= MOST_PASSKEYS)
      throw new AuthError(422, 'too_many_passkeys', 'Maximum number of passkeys reached');
    const described = known.map((row) => ({
      id: row.credential_id.toString('base64url'),
      transports: row.transports,
    }));
    const options = await creationOptions(user, party, 'required', described);
    const at = context.now();
    const challenge = await context.transaction((tx) =>
      insertPasskeyChallenge(tx, {
        userId: user.id,
        type: 'registration',
        sessionData: { challenge: options.challenge, relyingParty: party },
        at: new Date(at),
        expires: new Date(at + PASSKEY_CHALLENGE_LIFETIME * 1000),
      }),
    );
    const expires_at = Math.floor(challenge.expires_at.getTime() / 1000);
    return { status: 200, body: { challenge_id: challenge.id, options, expires_at } };
  },
);
