/**
 * A message that a wallet shows and signs: Sign in with Ethereum (EIP-4361) and Sign in with Solana (its sibling). Fields stand one a
 * line after the address; an empty line and a statement may stand between. Source: EIP-4361; supabase/auth's siws and siwe.
 */
import { validationFailed } from '../errors.ts';

export interface SignedMessage {
  readonly domain: string;
  readonly address: string;
  readonly statement?: string;
  readonly uri: URL;
  readonly chainId?: string;
  readonly nonce?: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expirationTime?: number;
  readonly notBefore?: number;
}

export type Chain = 'solana' | 'ethereum';

const HEADER = {
  solana: ' wants you to sign in with your Solana account:',
  ethereum: ' wants you to sign in with your Ethereum account:',
} as const;
const FIELDS = ['URI', 'Version', 'Chain ID', 'Nonce', 'Issued At', 'Expiration Time', 'Not Before', 'Request ID'];
const DOMAIN = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$|^\[[0-9a-f:]+\](?::\d{1,5})?$/i;

/** Throws validation_failed (400) naming what is wrong with its form. */
export function parseSignedMessage(chain: Chain, text: string): SignedMessage {
  const wrong = (reason: string) => validationFailed(`${chain === 'solana' ? 'siws' : 'siwe'}: ${reason}`);
  const lines = text.replace(/\r\n/g, '\n').split('\n');
  if (lines.length < 6) throw wrong('message needs at least 6 lines');
  const [header = '', address = '', third] = lines;
  if (!header.endsWith(HEADER[chain])) throw wrong(`message first line does not end in "${HEADER[chain].trim()}"`);
  const domain = header.slice(0, -HEADER[chain].length).replace(/^https?:\/\//, '');
  if (!DOMAIN.test(domain)) throw wrong('domain in first line of message is not valid');
  if (third !== '') throw wrong('third line must be empty');
  const { statement, fields } = readLines(lines.slice(3), wrong);
  if (fields.get('Version') !== '1')
    throw wrong(`Version value is not supported, expected 1 got ${fields.get('Version')}`);
  const uri = fields.get('URI') ?? '';
  if (!URL.canParse(uri)) throw wrong('URI is not valid');
  const time = (name: string) => readTime(fields.get(name), () => wrong(`${name} is not a valid ISO8601 timestamp`));
  const issuedAt = time('Issued At');
  if (issuedAt === undefined) throw wrong('Issued At is missing');
  return {
    domain,
    address,
    statement,
    uri: new URL(uri),
    chainId: fields.get('Chain ID'),
    nonce: fields.get('Nonce'),
    issuedAt,
    expirationTime: time('Expiration Time'),
    notBefore: time('Not Before'),
  };
}

function readLines(lines: readonly string[], wrong: (reason: string) => Error) {
  const fields = new Map<string, string>();
  const statement: string[] = [];
  let inResources = false;
  for (const [index, line] of lines.entries()) {
    const [, name = '', value = ''] = /^([A-Z][A-Za-z ]*): ?(.*)$/.exec(line) ?? [];
    if (FIELDS.includes(name) && (fields.size > 0 || name === 'URI' || name === 'Version')) {
      if (fields.has(name)) throw wrong(`${name} stands twice`);
      fields.set(name, value);
    } else if (fields.size > 0 && /^Resources:?$/.test(line)) inResources = true;
    else if (inResources && line.startsWith('- ')) continue;
    else if (fields.size === 0) statement.push(line);
    else if (line !== '') throw wrong(`encountered unparsable line at index ${index + 3}`);
  }
  const text = statement.join('\n').trim();
  if (text.includes('\n')) throw wrong('the statement must be one line');
  return { statement: text === '' ? undefined : text, fields };
}

function readTime(value: string | undefined, wrong: () => Error): number | undefined {
  if (value === undefined || value === '') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(Date.parse(value)))
    throw wrong();
  return Date.parse(value);
}
