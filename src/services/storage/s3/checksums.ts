import { createHash, type Hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { isBlobName } from '../blobs/blob-store.ts';
import type { Received } from '../blobs/incoming.ts';
import { S3_REFUSED } from './s3-errors.ts';
import type { S3Body, S3Request } from './s3-request.ts';

/**
 * Computes what the caller may have said of his bytes while they pass. CRC32C and CRC64NVME are passed over: Node does not compute them,
 * and our own hash is kept of every byte.
 */
export class Checksums {
  readonly #sha1: Hash | undefined;
  #crc32: number | undefined;

  constructor(headers: IncomingHttpHeaders) {
    const announced = `${headers['x-amz-trailer'] ?? ''} ${Object.keys(headers).join(' ')}`;
    this.#sha1 = announced.includes('x-amz-checksum-sha1') ? createHash('sha1') : undefined;
    this.#crc32 =
      announced.includes('x-amz-checksum-crc32 ') || /x-amz-checksum-crc32(?![c\w])/.test(announced) ? 0 : undefined;
  }

  async *through(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of bytes) {
      this.#sha1?.update(chunk);
      if (this.#crc32 !== undefined) this.#crc32 = crc32(chunk, this.#crc32);
      yield chunk;
    }
  }

  /** Throws BadDigest, XAmzContentSHA256Mismatch, IncompleteBody when the bytes are not those that were announced. */
  verify({ request, signed }: S3Request, body: S3Body, received: Received): void {
    const said = (name: string) => body.trailers.get(name) ?? (request.headers[name] as string | undefined);
    if (body.expected !== undefined && body.expected !== received.size) throw S3_REFUSED.incompleteBody();
    if (isBlobName(signed.payloadHash) && signed.payloadHash !== received.name) throw S3_REFUSED.contentHashMismatch();
    const computed: Record<string, string | undefined> = {
      'content-md5': received.md5 && Buffer.from(received.md5, 'hex').toString('base64'),
      'x-amz-checksum-sha256': Buffer.from(received.name, 'hex').toString('base64'),
      'x-amz-checksum-sha1': this.#sha1?.digest('base64'),
      'x-amz-checksum-crc32': this.#crc32 === undefined ? undefined : bigEndian(this.#crc32),
    };
    for (const [name, value] of Object.entries(computed)) {
      const given = said(name);
      if (given !== undefined && value !== undefined && given !== value) throw S3_REFUSED.badDigest();
    }
  }
}

function bigEndian(sum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return bytes.toString('base64');
}
