import { invalidKey, REFUSED } from '../errors.ts';

/** As S3 has it: UTF-8 bytes. */
const MAX_NAME_BYTES = 1024;
const MAX_BUCKET_LENGTH = 100;

/**
 * Control characters; the backslash, which some systems take for a separator; marks that reverse the direction of what follows, with
 * which `gpj.exe` passes for `exe.jpg`; and what is no character at all.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\\\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;
const BUCKET_NAME = /^[\w!\-.*'() &$@=;:+,?]+$/;

/**
 * A name is stored and compared as it came, byte by byte: no case folding, no normalisation, no resolving of `//`. What cannot be
 * reached again by address (`.` and `..` as a segment, a leading slash) and what deceives a reader is refused with InvalidKey.
 */
export function requireName(name: string): string {
  const segments = name.split('/');
  const bad =
    name === '' ||
    name.startsWith('/') ||
    Buffer.byteLength(name) > MAX_NAME_BYTES ||
    FORBIDDEN.test(name) ||
    !name.isWellFormed() ||
    segments.includes('.') ||
    segments.includes('..');
  if (bad) throw invalidKey(name.toWellFormed());
  return name;
}

/** The characters that Supabase's storage API takes in the name of a bucket. */
export function requireBucketName(name: string): string {
  const good = name.length <= MAX_BUCKET_LENGTH && name.trim() === name && name !== '.' && name !== '..';
  if (!good || !BUCKET_NAME.test(name)) throw REFUSED.invalidBucketName();
  return name;
}
