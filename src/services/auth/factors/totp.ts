/** Time-based one-time passwords, RFC 6238 over RFC 4226: SHA-1, six digits, thirty seconds, as every authenticator app knows them. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const PERIOD_SECONDS = 30;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** Steps before and after now that count too: clocks of phones are off, and people are slow. */
const SKEW_STEPS = 1;
/** How long a code stays good at most. */
export const TOTP_LIFETIME_SECONDS = PERIOD_SECONDS * (2 * SKEW_STEPS + 1);

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret: 160 bits in base32 without padding. */
export function newTotpSecret(): string {
  return base32(randomBytes(SECRET_BYTES));
}

/** The address that authenticator apps read from the QR code; parameters in alphabetical order, as GoTrue writes them. */
export function totpUri(given: { readonly issuer: string; readonly account: string; readonly secret: string }): string {
  const parameters = new URLSearchParams([
    ['algorithm', 'SHA1'],
    ['digits', String(DIGITS)],
    ['issuer', given.issuer],
    ['period', String(PERIOD_SECONDS)],
    ['secret', given.secret],
  ]);
  const label = [given.issuer, given.account].map(encodeURIComponent).join(':').replaceAll('%40', '@');
  return `otpauth://totp/${label}?${parameters.toString().replaceAll('+', '%20')}`;
}

/** The code of this moment, milliseconds since 1970. */
export function totpCode(secret: string, at: number): string {
  return codeOfStep(fromBase32(secret), Math.floor(at / 1000 / PERIOD_SECONDS));
}

/** Whether the code is the one of now or of a neighbouring step. Every step is compared, in constant time. */
export function isTotpCode(secret: string, code: string, now: number): boolean {
  const key = fromBase32(secret);
  const step = Math.floor(now / 1000 / PERIOD_SECONDS);
  const given = Buffer.from(
    code
      .trim()
      .padEnd(DIGITS)
      .slice(0, DIGITS + 1),
  );
  let good = false;
  for (let offset = -SKEW_STEPS; offset <= SKEW_STEPS; offset++) {
    const wanted = Buffer.from(codeOfStep(key, step + offset));
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) good = true;
  }
  return good;
}

function codeOfStep(key: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.max(0, step)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = digest[digest.length - 1]! & 0xf;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS;
  return String(number).padStart(DIGITS, '0');
}

/** RFC 4648 without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >>> bits) & 31];
    }
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

/** Case, blanks and padding do not matter; what is no base32 is left out. */
export function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text.toUpperCase()) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) continue;
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
