import type { Readable } from 'node:stream';

/** SHA-256 of the bytes, 64 hex digits: a blob's name says what is in it. */
export type BlobName = string;

export const isBlobName = (text: string | null | undefined): text is BlobName => /^[0-9a-f]{64}$/.test(text ?? '');

export interface StoredBlob {
  readonly name: BlobName;
  readonly size: number;
}

/** Bytes from `start` to `end`, both counted in. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Keeps bytes under their hash. Knows nothing of buckets, names or rows. */
export interface BlobStore {
  readonly kind: 'disk' | 's3';
  /** What of `adopt` takes long, done before: then nobody waits for it with the blob locked. The blob may still be removed in between. */
  prepare(name: BlobName, size: number, file: string): Promise<void>;
  /** Takes over a complete, synced file of this machine; when it resolves, the bytes survive a power cut. The file may be gone afterwards. */
  adopt(name: BlobName, size: number, file: string): Promise<void>;
  /** Undefined when there is no such blob. */
  stat(name: BlobName): Promise<StoredBlob | undefined>;
  /** The bytes, or part of them; undefined when there is no such blob. Whoever asks must read or destroy the stream. */
  open(name: BlobName, range?: ByteRange): Promise<Readable | undefined>;
  /** Nothing happens when there is none. */
  remove(name: BlobName): Promise<void>;
  list(): AsyncIterable<StoredBlob>;
}
