import { TokenBuckets } from '#kernel/http/rate-limit.ts';
import { overRate } from '../errors.ts';
import type { LimitFamily } from '../http/endpoint.ts';
import type { AuthSettings } from '../settings/settings.ts';
import { isLoopback } from './loopback.ts';
import type { RateLimits } from './rate-limits.ts';

const FIVE_MINUTES = 5 * 60;
const HOUR = 60 * 60;

/** The project's limits, each a bucket that refills evenly. `now` in milliseconds. */
export function openRateLimits(settings: AuthSettings, now: () => number): RateLimits {
  const { rateLimits: limits } = settings;
  const bucket = (tokens: number, seconds: number) => new TokenBuckets({ tokens, seconds });
  const families: Readonly<Record<LimitFamily, TokenBuckets>> = {
    anonymous_users: bucket(limits.anonymousUsers, HOUR),
    token_refresh: bucket(limits.tokenRefresh, FIVE_MINUTES),
    sign_in_sign_ups: bucket(limits.signInSignUps, FIVE_MINUTES),
    token_verifications: bucket(limits.tokenVerifications, FIVE_MINUTES),
    web3: bucket(limits.web3, FIVE_MINUTES),
    oauth_clients: bucket(limits.oauthClients, FIVE_MINUTES),
  };
  const messages = { email: bucket(limits.emailSent, HOUR), sms: bucket(limits.smsSent, HOUR) };
  const emptyUntil = { email: 0, sms: 0 };
  return {
    request: (family, ip) => {
      if (!settings.production && isLoopback(ip)) return;
      const taken = families[family].take(ip, now());
      if (!taken.allowed) throw overRate('over_request_rate_limit', 'Request rate limit reached', taken.reset);
    },
    message: (kind) => {
      // Without SMTP a mail goes to the development inbox, where nobody's reputation is at stake.
      if (kind === 'email' && !settings.email.smtp) return;
      const taken = messages[kind].take('', now());
      const perMessage = HOUR / (kind === 'email' ? limits.emailSent : limits.smsSent);
      if (taken.remaining < 1) emptyUntil[kind] = now() + (taken.allowed ? perMessage : taken.reset) * 1000;
      if (!taken.allowed) throw overMessages(kind, taken.reset);
    },
    roomForMessage: (kind) => {
      const wait = Math.ceil((emptyUntil[kind] - now()) / 1000);
      if (wait > 0) throw overMessages(kind, wait);
    },
  };
}

const overMessages = (kind: 'email' | 'sms', wait: number) =>
  kind === 'email'
    ? overRate('over_email_send_rate_limit', 'email rate limit exceeded', wait)
    : overRate('over_sms_send_rate_limit', 'SMS rate limit exceeded', wait);
