import { PaymentError } from '../payments.ts';

/** Shapes below follow this version, whatever the account's default is. */
const API_VERSION = '2024-06-20';
const TIMEOUT_MS = 15_000;
/** Of a call that got no answer or a passing one; the idempotency key makes that safe. */
const ATTEMPTS = 3;

export type Params = { readonly [name: string]: Param };
type Param = string | number | boolean | null | undefined | Params | readonly (string | number | Params)[];

export interface StripeCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below /v1: `/customers`. */
  readonly path: string;
  readonly params?: Params;
  readonly idempotencyKey?: string;
}

export interface StripeAnswer {
  readonly body: Record<string, unknown>;
  /** Epoch seconds by Stripe's clock, from the answer's Date. */
  readonly at: number;
}

export type StripeClient = (call: StripeCall) => Promise<StripeAnswer>;

/** Stripe's HTTP over fetch: form-encoded, bearer key, one version. Source: docs.stripe.com/api. */
export function stripeClient(options: { url: string; secretKey: string; now: () => number }): StripeClient {
  return async (call) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await send(options, call).catch((error: unknown) => unreachable(error));
      if (!(outcome instanceof PaymentError)) return outcome;
      const again = outcome.kind === 'unreachable' && (call.method !== 'POST' || call.idempotencyKey !== undefined);
      if (!again || attempt === ATTEMPTS) throw outcome;
    }
  };
}

function unreachable(error: unknown): PaymentError {
  if (error instanceof PaymentError) return error;
  return new PaymentError('unreachable', 'Stripe could not be reached', null, { cause: error });
}

async function send(
  { url, secretKey, now }: { url: string; secretKey: string; now: () => number },
  { method, path, params = {}, idempotencyKey }: StripeCall,
): Promise<StripeAnswer> {
  const form = formOf(params).toString();
  const query = method === 'POST' || form === '' ? '' : `?${form}`;
  const response = await fetch(`${url}/v1${path}${query}`, {
    method,
    headers: {
      authorization: `Bearer ${secretKey}`,
      'stripe-version': API_VERSION,
      ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
    },
    ...(method === 'POST' && { body: form }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw refusal(response.status, body);
  const date = Date.parse(response.headers.get('date') ?? '');
  return { body, at: Math.floor((Number.isNaN(date) ? now() : date) / 1000) };
}

function refusal(status: number, body: Record<string, unknown>): PaymentError {
  const error = (body['error'] ?? {}) as { type?: string; code?: string; message?: string };
  const message = error.message ?? `Stripe answered ${status}`;
  // 409: the same idempotency key is being worked on elsewhere; 429 and 5xx pass.
  const kind =
    status >= 500 || status === 429 || status === 409
      ? 'unreachable'
      : error.type === 'card_error' || status === 402
        ? 'declined'
        : 'refused';
  return new PaymentError(kind, message, error.code ?? null);
}

/** `{items: [{price: 'p'}], metadata: {a: 1}}` as `items[0][price]=p&metadata[a]=1`; undefined is left out, null empties. */
export function formOf(params: Params): URLSearchParams {
  const form = new URLSearchParams();
  const add = (name: string, value: Param | Params): void => {
    if (value === undefined) return;
    if (value === null) form.append(name, '');
    else if (Array.isArray(value)) for (const [index, each] of value.entries()) add(`${name}[${index}]`, each);
    else if (typeof value === 'object')
      for (const [key, each] of Object.entries(value as Params)) add(`${name}[${key}]`, each);
    else form.append(name, String(value));
  };
  for (const [name, value] of Object.entries(params)) add(name, value);
  return form;
}
