/**
 * Sign-in by phone for a product's own routes, with rules of its own: how many messages, how many tries, how long a lock. The same
 * codes, quotas and accounts as POST /otp and POST /verify.
 */
import type { AuthContext } from '../context.ts';
import { AuthError, otpExpired } from '../errors.ts';
import type { LockoutPolicy } from '../limits/lockout-policy.ts';
import { issueSession, type SessionBody } from '../sessions/issue-session.ts';
import { actOnToken } from './act-on-token.ts';
import type { MessageQuota } from './message-quotas.ts';
import { signInByText } from './sign-in-by-text.ts';
import { tryKnownCode } from './try-known-code.ts';

export interface PhoneRules {
  /** Seconds between messages to one number, and how many there may be. */
  readonly quota: Required<Pick<MessageQuota, 'gapSeconds' | 'most'>>;
  /** Tries that one code is worth. */
  readonly triesPerCode: number;
  /** Wrong codes in a row, whatever code they were for, and the lock that follows. */
  readonly lockout: LockoutPolicy;
}

/** A message a minute, three an hour and twenty a day for a number, ten an hour for a client; three tries; locked for 15 minutes after five. */
export const CAREFUL_PHONE_RULES: PhoneRules = {
  quota: { gapSeconds: 60, most: { perHour: 3, perDay: 20, perHourOfClient: 10 } },
  triesPerCode: 3,
  lockout: {
    pair: 5,
    account: 5,
    address: 100,
    firstLockSeconds: 900,
    longestLockSeconds: 900,
    memorySeconds: 900,
  },
};

export interface CodeSent {
  /** Digits of the code, seconds that it is good for, seconds until another may be asked for. */
  readonly codeLength: number;
  readonly expiresIn: number;
  readonly retryAfter: number;
  readonly messageId?: string;
}

export interface PhoneSignIn {
  /**
   * Sends a code to a number (E.164 without plus; `nationalNumber` reads what people write), and makes the account if there is
   * none. Throws over_sms_send_rate_limit (429, retryAfter), sms_send_failed (422) when no vendor took it: that does not count.
   */
  requestCode(given: {
    readonly phone: string;
    readonly ip: string;
    readonly data?: Readonly<Record<string, unknown>>;
    readonly channel?: 'sms' | 'whatsapp';
  }): Promise<CodeSent>;
  /**
   * Signs in. `isNew`: the number was never confirmed before. Throws otp_expired (403, `fields.attempts_left`),
   * over_request_rate_limit (429, retryAfter) while locked, user_banned (403).
   */
  verifyCode(given: {
    readonly phone: string;
    readonly code: string;
    readonly ip: string;
    readonly userAgent: string;
  }): Promise<{ readonly session: SessionBody; readonly isNew: boolean }>;
}

export function openPhoneSignIn(context: AuthContext, rules: PhoneRules = CAREFUL_PHONE_RULES): PhoneSignIn {
  const { sms } = context.settings;
  return {
    requestCode: async ({ phone, ip, data = {}, channel = 'sms' }) => {
      const send = await signInByText(context, { phone, ip, data, channel, createUser: true, quota: rules.quota });
      if (!send) throw new AuthError(422, 'signup_disabled', 'Signups not allowed for this instance');
      const { messageId } = await send();
      const { gapSeconds } = rules.quota;
      return { codeLength: sms.otpLength, expiresIn: sms.otpExpiry, retryAfter: gapSeconds, messageId };
    },
    verifyCode: async ({ phone, code, ip, userAgent }) => {
      const tried = await tryKnownCode(context, {
        address: phone,
        code,
        types: ['confirmation_token'],
        ip,
        mostTries: rules.triesPerCode,
        lockout: rules.lockout,
      });
      if (tried.kind === 'wrong') throw wrongCode(tried.triesLeft);
      return context.transaction(async (tx) => {
        const acted = await actOnToken(context, tx, tried.token, ip);
        if (acted.kind !== 'signed in') throw otpExpired();
        const session = await issueSession(context, tx, {
          user: acted.user,
          method: 'otp',
          request: { ip, userAgent },
        });
        return { session, isNew: acted.before.phone_confirmed_at === null };
      });
    },
  };
}

const wrongCode = (triesLeft: number): AuthError => {
  const { status, code, message } = otpExpired();
  return new AuthError(status, code, message, { fields: { attempts_left: triesLeft } });
};
