import type { SmsVendorSettings } from '../../settings/settings.ts';

export interface Text {
  /** E.164 without plus. */
  readonly phone: string;
  readonly text: string;
  readonly channel: 'sms' | 'whatsapp';
}

/** One vendor of text messages: what it is told and how its answer reads. Throws SmsRefusal when it will not send. */
export interface SmsVendor {
  /** The vendor's id of the message. */
  send(settings: Settings, text: Text): Promise<string>;
  /** Only vendors that make their own codes: whether this one is right. */
  approves?(settings: Settings, phone: string, code: string): Promise<boolean>;
}

/** As config.toml names them; `url` takes the place of the vendor's own address. */
export type Settings = SmsVendorSettings['settings'];

export class SmsRefusal extends Error {}

const TIMEOUT_MS = 10_000;

/** Posts a form and gives back the JSON of the answer. A refusal never carries what was sent. */
export async function postForm(
  url: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: Readonly<Record<string, unknown>> }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
  }).catch((cause: unknown) => {
    throw new SmsRefusal('the vendor could not be reached', { cause });
  });
  const body = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>> | null;
  return { status: response.status, body: body ?? {} };
}

export const basicAuth = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** The setting, or a refusal that names it. */
export function setting(settings: Settings, name: string): string {
  const value = settings[name];
  if (!value) throw new SmsRefusal(`${name} is not set`);
  return value;
}
