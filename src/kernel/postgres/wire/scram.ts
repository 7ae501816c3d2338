import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual, type X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { connectionError } from '../sql-errors.ts';

const derive = promisify(pbkdf2);
const MAX_ITERATIONS = 10_000_000;

/** How the exchange is bound to the TLS connection under it (RFC 5929, tls-server-end-point). */
export interface ScramBinding {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS';
  /** GS2 header: `p=...` binds, `y` would have but the server does not offer it, `n` cannot. */
  readonly header: string;
  readonly data: Buffer;
}

/** Chooses the mechanism from what the server offers; throws when it offers neither. */
export function chooseBinding(offered: readonly string[], certificate: X509Certificate | undefined): ScramBinding {
  const hash = certificate && endPointHash(certificate);
  const empty = Buffer.alloc(0);
  if (offered.includes('SCRAM-SHA-256-PLUS') && hash)
    return { mechanism: 'SCRAM-SHA-256-PLUS', header: 'p=tls-server-end-point,,', data: hash };
  if (!offered.includes('SCRAM-SHA-256'))
    throw connectionError(`the server offers only ${offered.join(', ')} to log in; SCRAM-SHA-256 is needed`, '08001');
  return { mechanism: 'SCRAM-SHA-256', header: hash ? 'y,,' : 'n,,', data: empty };
}

/** RFC 5929 4.1: the certificate hashed by its signature's hash, with MD5 and SHA-1 raised to SHA-256. Undefined when that is not defined. */
function endPointHash(certificate: X509Certificate): Buffer | undefined {
  const algorithm = certificate.signatureAlgorithm?.toLowerCase().match(/(md5|sha-?(?:1|224|256|384|512))/)?.[1];
  if (!algorithm) return undefined;
  const hash = algorithm === 'md5' || /^sha-?1$/.test(algorithm) ? 'sha256' : algorithm.replace('-', '');
  return createHash(hash).update(certificate.raw).digest();
}

/** The client's side of SCRAM-SHA-256 (RFC 5802, 7677). The user name is empty: Postgres takes it from the startup message. */
export class ScramClient {
  readonly #binding: ScramBinding;
  readonly #password: string;
  readonly #nonce: string;
  #serverSignature: Buffer | undefined;

  constructor(binding: ScramBinding, password: string, nonce = randomBytes(18).toString('base64')) {
    this.#binding = binding;
    this.#password = password;
    this.#nonce = nonce;
  }

  first(): string {
    return `${this.#binding.header}n=,r=${this.#nonce}`;
  }

  /** Answers the server's challenge with the proof. */
  async final(challenge: string): Promise<string> {
    const { r: nonce, s: salt, i } = attributes(challenge);
    const iterations = Number(i);
    if (!nonce?.startsWith(this.#nonce) || nonce.length === this.#nonce.length || !salt)
      throw connectionError('the server answered SCRAM with another nonce', '08P01');
    if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS)
      throw connectionError(`the server asks for ${i} SCRAM iterations`, '08P01');
    const salted = await derive(saslPrep(this.#password), Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
    const clientKey = hmac(salted, 'Client Key');
    const bound = Buffer.concat([Buffer.from(this.#binding.header), this.#binding.data]).toString('base64');
    const withoutProof = `c=${bound},r=${nonce}`;
    const message = `n=,r=${this.#nonce},${challenge},${withoutProof}`;
    const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
    const proof = clientKey.map((byte, index) => byte ^ (signature[index] as number));
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), message);
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`;
  }

  /** Throws unless the server has proved that it knows the password too. */
  verify(final: string): void {
    const { v, e } = attributes(final);
    if (e) throw connectionError(`the server refused SCRAM: ${e}`, '08001');
    const given = Buffer.from(v ?? '', 'base64');
    const expected = this.#serverSignature;
    if (!expected || given.length !== expected.length || !timingSafeEqual(given, expected))
      throw connectionError('the server could not prove that it knows the password', '08P01');
  }
}

function attributes(message: string): Record<string, string | undefined> {
  return Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

function hmac(key: Uint8Array, message: string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}

const NON_ASCII_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const MAPPED_TO_NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;

/** SASLprep (RFC 4013) without its table of forbidden characters: Postgres, too, takes a forbidden password as it stands. */
export function saslPrep(password: string): string {
  return password.replace(NON_ASCII_SPACES, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC');
}
