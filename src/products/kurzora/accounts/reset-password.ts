import { Refusal } from '#kernel/errors.ts';
import type { SessionBody } from '#services/auth/api.ts';
import { accountsOf, withAccounts } from './account-service.ts';
import { showFactor, verifiedTotp } from './second-factor.ts';
import type { AccountContext } from './sign-in.ts';

interface Given {
  /** The one of the mail, or what the first try with it brought. */
  readonly token: string;
  readonly twoFactorCode?: string | undefined;
}

/** What the mail's token opened, for who must still show a second factor: the mail's own is used up by then. */
const CONTINUED = 'reset:';
/** Seconds in which the code must follow. */
const PATIENCE = 900;

/**
 * A session that may change the password. Throws TOKEN_INVALID, and TWO_FACTOR_REQUIRED with the token to go on with in its details,
 * so that a mistyped code costs no new mail.
 */
export async function openReset(context: AccountContext, given: Given): Promise<{ token: string; userId: string }> {
  const { services, client, project } = context;
  const accounts = accountsOf(services);
  const session = given.token.startsWith(CONTINUED)
    ? unpacked(given.token, project.now())
    : ((await withAccounts(
        accounts.ask(client, {
          method: 'POST',
          path: '/verify',
          body: { type: 'recovery', token_hash: given.token },
        }),
      )) as SessionBody);
  const user = await withAccounts(accounts.user(client, session.access_token));
  const factor = verifiedTotp(user as never);
  if (!factor) return { token: session.access_token, userId: user.id };
  try {
    if (!given.twoFactorCode)
      throw new Refusal('TWO_FACTOR_REQUIRED', 'Give the code of your second factor as twoFactorCode');
    const shown = await showFactor(context, { ...session, userId: user.id }, factor, given.twoFactorCode);
    return { token: shown.access_token, userId: user.id };
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'TWO_FACTOR_REQUIRED') throw error;
    throw new Refusal('TWO_FACTOR_REQUIRED', error.message, { details: { token: packed(session) }, cause: error });
  }
}

type Tokens = Pick<SessionBody, 'access_token' | 'refresh_token'>;

const packed = ({ access_token, refresh_token }: Tokens) => `${CONTINUED}${access_token}:${refresh_token}`;

/** Only a session that began with the link of a mail, and lately: the token of an ordinary one does not open the password. */
function unpacked(token: string, now: number): Tokens {
  const [access = '', refresh = ''] = token.slice(CONTINUED.length).split(':');
  const began = mailedAt(access);
  if (began === undefined || now / 1000 - began > PATIENCE)
    throw new Refusal('TOKEN_INVALID', 'The token is invalid or has expired');
  return { access_token: access, refresh_token: refresh };
}

/** Epoch seconds. The signature is the account service's business, which is asked next. */
function mailedAt(token: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const proofs = claims.amr as { method: string; timestamp: number }[];
    return proofs.find(({ method }) => method === 'otp' || method === 'recovery')?.timestamp;
  } catch {
    return undefined;
  }
}
