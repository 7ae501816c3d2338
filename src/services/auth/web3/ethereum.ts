import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { validationFailed } from '../errors.ts';

/** 65 bytes in hexadecimal, r s v. Throws validation_failed (400). */
export function ethereumSignature(text: string): Buffer {
  if (!/^0x[0-9a-f]{130}$/i.test(text)) throw validationFailed('signature must be 65 bytes encoded as hexadecimal');
  return Buffer.from(text.slice(2), 'hex');
}

/**
 * Whether the account of this address signed the message by `personal_sign` (EIP-191). A contract's signature (EIP-1271) cannot be
 * checked without asking a chain, and is refused.
 */
export function signedByEthereum(address: string, message: string, signature: string): boolean {
  const bytes = ethereumSignature(signature);
  const v = bytes[64]!;
  const recovery = v >= 27 ? v - 27 : v;
  if (recovery > 1) return false;
  const text = Buffer.from(message, 'utf8');
  const digest = keccak_256(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${text.length}`), text]));
  try {
    const parsed = secp256k1.Signature.fromBytes(
      Buffer.concat([Buffer.of(recovery), bytes.subarray(0, 64)]),
      'recovered',
    );
    const key = parsed.recoverPublicKey(digest).toBytes(false);
    return addressOf(key) === address.toLowerCase();
  } catch {
    return false;
  }
}

/** The last 20 bytes of the hash of an uncompressed key, in lower case. */
export function addressOf(key: Uint8Array): string {
  return `0x${Buffer.from(keccak_256(key.subarray(1)).subarray(12)).toString('hex')}`;
}

/** EIP-55's mixed case is for reading; identities keep the lower case. Throws validation_failed (400). */
export function ethereumAddress(address: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw validationFailed('siwe: wallet address is not in hexadecimal format');
  return address.toLowerCase();
}
