import { Refusal } from '#kernel/errors.ts';
import type { Logger } from '#kernel/log.ts';
import { CallBudget, type MonotonicClock, processClock } from './call-budget.ts';

export interface ClientOptions {
  /** Origin of the API: `https://api.polygon.io`. */
  readonly url: string;
  readonly apiKey: string;
  readonly callsPerMinute: number;
  readonly log: Logger;
  readonly clock?: MonotonicClock;
  /** For one attempt, answer's body included; 30 s by default. */
  readonly timeoutMs?: number;
}

/** An answer of Polygon: `status` is OK, or DELAYED when the plan sees the market 15 minutes late. */
export interface Answer {
  readonly status: 'OK' | 'DELAYED';
  readonly results?: unknown;
  readonly tickers?: unknown;
  readonly next_url?: unknown;
}

const ATTEMPTS = 3;
const LONGEST_WAIT_MS = 120_000;
/** After a 429 without Retry-After: the plan counts by the minute, and two of these fill one. */
const UNTOLD_PAUSE_MS = 30_000;

type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'again'; readonly reason: string; readonly waitMs?: number; readonly everyone?: boolean };

/** Polygon refused for good: status is 401 (key), 403 (plan) or another 4xx. Never holds the key. */
export class PolygonRefusal extends Refusal {
  readonly vendorStatus: number;

  constructor(vendorStatus: number, message: string) {
    super('UPSTREAM_ERROR', message);
    this.vendorStatus = vendorStatus;
  }
}

/**
 * Calls Polygon's REST API within the plan's calls a minute. What may pass (429, 5xx, network, time-out, an answer that is cut
 * off or no JSON) is tried two more times, after Retry-After where it is given. The key travels in the Authorization header
 * only, and only to the configured origin.
 */
export class PolygonClient {
  readonly #options: ClientOptions;
  readonly #clock: MonotonicClock;
  readonly #budget: CallBudget;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? processClock;
    this.#budget = new CallBudget(options.callsPerMinute, this.#clock);
  }

  /** One answer. `target` is a path with its query, or a `next_url`. Throws `UPSTREAM_ERROR`, or the signal's reason. */
  async get(target: string, signal?: AbortSignal): Promise<Answer> {
    const url = this.#urlOf(target);
    for (let attempt = 1; ; attempt++) {
      await this.#budget.take(signal);
      const outcome = await this.#attempt(url, signal);
      if (outcome.kind === 'answer') return outcome.answer;
      const waitMs = outcome.waitMs ?? 1000 * 2 ** (attempt - 1) * (0.75 + 0.5 * Math.random());
      const { reason } = outcome;
      if (attempt === ATTEMPTS || waitMs > LONGEST_WAIT_MS)
        throw new Refusal(
          'UPSTREAM_ERROR',
          `Polygon does not answer ${url.pathname}: ${reason}, after ${attempt} attempts`,
          {
            retryAfter: outcome.waitMs === undefined ? undefined : Math.ceil(outcome.waitMs / 1000),
          },
        );
      this.#options.log.warn(
        { path: url.pathname, attempt, reason, waitMs: Math.round(waitMs) },
        'asking Polygon again',
      );
      if (outcome.everyone) this.#budget.pause(waitMs);
      else await this.#clock.sleep(waitMs, signal);
    }
  }

  /** Follows `next_url` to the end. Throws `UPSTREAM_ERROR` when there is no end. */
  async *pages(target: string, signal?: AbortSignal): AsyncGenerator<Answer> {
    const seen = new Set<string>();
    for (let next: unknown = target; typeof next === 'string' && next !== ''; ) {
      if (seen.has(next))
        throw new Refusal('UPSTREAM_ERROR', 'Polygon leads in a circle: a page names an earlier one as next');
      seen.add(next);
      const answer = await this.get(next, signal);
      yield answer;
      next = answer.next_url;
    }
  }

  /** Only path and query of a `next_url` are used: the key goes to no other host, and a key in the query goes nowhere. */
  #urlOf(target: string): URL {
    const { pathname, searchParams } = new URL(target, this.#options.url);
    searchParams.delete('apiKey');
    const url = new URL(pathname, this.#options.url);
    url.search = searchParams.toString();
    return url;
  }

  async #attempt(url: URL, signal?: AbortSignal): Promise<Outcome> {
    const limit = AbortSignal.timeout(this.#options.timeoutMs ?? 30_000);
    try {
      const response = await fetch(url, {
        headers: { authorization: `Bearer ${this.#options.apiKey}`, accept: 'application/json' },
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
      const text = await response.text();
      return this.#judge(url, response, text);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Refusal) throw error;
      return {
        kind: 'again',
        reason: limit.aborted ? 'it takes too long' : `the connection failed (${causeOf(error)})`,
      };
    }
  }

  #judge(url: URL, response: Response, text: string): Outcome {
    const body = parsed(text);
    if (response.status === 429)
      return {
        kind: 'again',
        reason: 'it says there were too many calls',
        waitMs: retryAfter(response.headers.get('retry-after')) ?? UNTOLD_PAUSE_MS,
        everyone: true,
      };
    if (response.status >= 500)
      return {
        kind: 'again',
        reason: `it answers ${response.status}`,
        waitMs: retryAfter(response.headers.get('retry-after')),
      };
    if (!response.ok) throw this.#refusal(url, response.status, body);
    if (!body) return { kind: 'again', reason: 'the answer is cut off or no JSON' };
    if (body['status'] !== 'OK' && body['status'] !== 'DELAYED') throw this.#refusal(url, 403, body);
    return { kind: 'answer', answer: body as unknown as Answer };
  }

  #refusal(url: URL, status: number, body: Record<string, unknown> | undefined): PolygonRefusal {
    const said = String(body?.['error'] ?? body?.['message'] ?? `status ${status}`)
      .replaceAll(this.#options.apiKey, '[key]')
      .slice(0, 200);
    const meaning =
      status === 401
        ? 'Polygon refuses the key in POLYGON_API_KEY'
        : status === 403
          ? 'the Polygon plan does not include this'
          : 'Polygon refuses';
    return new PolygonRefusal(status, `${meaning}: ${url.pathname}: ${said}`);
  }
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds; the header holds seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - Date.now());
}

/** What Node says of a failed connection: a code such as ECONNREFUSED, never a URL. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = (cause as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'no reason given';
}
