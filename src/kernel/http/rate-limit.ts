import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Refusal } from '../errors.ts';
import type { Identity } from '../postgres/database.ts';

/** A bucket of `tokens` that refills evenly over `seconds`. */
export interface Rate {
  readonly tokens: number;
  readonly seconds: number;
}

export interface RateLimits {
  /** Per signed-in account, wherever it calls from. */
  readonly user: Rate;
  /** Per address, for callers without an account. */
  readonly address: Rate;
}

/**
 * Kurzora's specification (3.2) recommends 300 a minute for an account. For a caller without one it has 100 in a quarter of an
 * hour, which the public signal page alone would use up by refreshing itself; an address gets what an account gets.
 */
export const DEFAULT_LIMITS: RateLimits = {
  user: { tokens: 300, seconds: 60 },
  address: { tokens: 300, seconds: 60 },
};

/** Callers remembered; the least recent is forgotten first, which costs it nothing but a full bucket. */
const REMEMBERED = 50_000;

interface Bucket {
  tokens: number;
  /** Epoch milliseconds of the last look. */
  at: number;
}

export interface Taken {
  readonly allowed: boolean;
  readonly remaining: number;
  /** Seconds until one token is there (refused), or until the bucket is full. */
  readonly reset: number;
}

export class TokenBuckets {
  readonly #rate: Rate;
  readonly #buckets = new LRUCache<string, Bucket>({ max: REMEMBERED });

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Takes one token of `key` at `now` (epoch milliseconds); `rate` where this key has one of its own. */
  take(key: string, now: number, rate: Rate = this.#rate): Taken {
    const { tokens: capacity, seconds } = rate;
    const perSecond = capacity / seconds;
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, at: now };
    const tokens = Math.min(capacity, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
    const allowed = tokens >= 1;
    const left = allowed ? tokens - 1 : tokens;
    this.#buckets.set(key, { tokens: left, at: now });
    const reset = allowed ? (capacity - left) / perSecond : (1 - tokens) / perSecond;
    return { allowed, remaining: Math.floor(left), reset: Math.ceil(reset) };
  }
}

/** Who a request counts for: a key of the product counts by itself, at its own rate. */
export type Counted = {
  readonly identity: Identity;
  readonly key?: { readonly id: string; readonly perMinute: number };
};

/** Takes a token for a request, tells so in its headers, and refuses with RATE_LIMITED (429, Retry-After) when there is none. */
export function rateLimit(limits: RateLimits, now: () => number) {
  const users = new TokenBuckets(limits.user);
  const addresses = new TokenBuckets(limits.address);
  const keys = new TokenBuckets(limits.user);
  return (request: FastifyRequest, reply: FastifyReply, { identity, key }: Counted): void => {
    // The service key belongs to the operator: limiting it would limit his own batch work.
    if (identity.role === 'service_role') return;
    const account = identity.claims['sub'];
    if (key) count(reply, keys.take(key.id, now(), perMinute(key)), key.perMinute);
    else if (typeof account === 'string') count(reply, users.take(account, now()), limits.user.tokens);
    else count(reply, addresses.take(request.ip, now()), limits.address.tokens);
  };
}

const perMinute = (key: { readonly perMinute: number }): Rate => ({ tokens: key.perMinute, seconds: 60 });

function count(reply: FastifyReply, taken: Taken, limit: number): void {
  reply.headers({
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(taken.remaining),
    'ratelimit-reset': String(taken.reset),
  });
  if (!taken.allowed) throw new Refusal('RATE_LIMITED', 'Too many requests', { retryAfter: Math.max(1, taken.reset) });
}
