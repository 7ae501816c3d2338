import { createPublicKey, verify } from 'node:crypto';
import { validationFailed } from '../errors.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The 32 bytes of a wallet's address, which is its Ed25519 key in base58. Throws validation_failed (400). */
export function solanaKey(address: string): Buffer {
  if (address.length > 44 || address.length < 32)
    throw validationFailed('siws: wallet address is not in base58 format');
  let number = 0n;
  for (const char of address) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) throw validationFailed('siws: wallet address is not in base58 format');
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16).padStart(64, '0');
  if (hex.length !== 64) throw validationFailed('siws: wallet address should be exactly 32 bytes');
  return Buffer.from(hex, 'hex');
}

/** 64 bytes in base64 of either alphabet, with or without padding. Throws validation_failed (400). */
export function solanaSignature(text: string): Buffer {
  const bytes = /^[A-Za-z0-9+/_-]{86}(==)?$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (bytes?.length !== 64)
    throw validationFailed('signature must be 64 bytes encoded as base64 with or without padding');
  return bytes;
}

export function signedBySolana(address: string, message: string, signature: string): boolean {
  const x = solanaKey(address).toString('base64url');
  const bytes = solanaSignature(signature);
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, Buffer.from(message, 'utf8'), key, bytes);
  } catch {
    // 32 bytes that are no point of the curve.
    return false;
  }
}
