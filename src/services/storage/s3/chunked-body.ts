import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { SignedRequest } from './authenticate.ts';
import { chunkSignature } from './canonical.ts';
import { S3_REFUSED } from './s3-errors.ts';

/** A line that frames a chunk, or a trailer: longer ones are an attack. */
const MAX_LINE = 8 * 1024;

/**
 * Takes the frames off a body in S3's own chunked coding (`aws-chunked`): `<size in hex>[;chunk-signature=...]\r\n<bytes>\r\n`, ended by a chunk
 * of no bytes and trailers. Signed chunks are checked one after the other as they end. Trailers are put into `trailers`.
 */
export async function* chunkedBody(
  source: Readable,
  signed: SignedRequest,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = new FrameReader(source);
  try {
    yield* unframed(reader, signed, trailers);
  } finally {
    await reader.release();
  }
}

async function* unframed(
  reader: FrameReader,
  signed: SignedRequest,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer, void, undefined> {
  const isSigned = signed.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  let previous = signed.signature;
  for (;;) {
    const [size = '', ...extensions] = (await reader.line()).split(';');
    if (!/^[0-9a-f]{1,12}$/i.test(size)) throw S3_REFUSED.incompleteBody();
    let left = Number.parseInt(size, 16);
    const isLast = left === 0;
    const hash: Hash | undefined = isSigned ? createHash('sha256') : undefined;
    while (left > 0) {
      const bytes = await reader.bytes(left);
      left -= bytes.length;
      hash?.update(bytes);
      yield bytes;
    }
    if (hash) {
      const given = extensions.find((each) => each.startsWith('chunk-signature='))?.slice('chunk-signature='.length);
      const expected = chunkSignature(signed.key, signed.signing, previous, hash.digest('hex'));
      if (given !== expected) throw S3_REFUSED.signatureDoesNotMatch();
      previous = expected;
    }
    if (isLast) break;
    if ((await reader.line()) !== '') throw S3_REFUSED.incompleteBody();
  }
  await readTrailers(reader, trailers);
}

async function readTrailers(reader: FrameReader, trailers: Map<string, string>): Promise<void> {
  for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

class FrameReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: Readable) {
    this.#source = source.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  }

  /** Without its end. At the end of the body it is '' where that is allowed. */
  async line(mayEnd = false): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\r\n');
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end);
        this.#rest = this.#rest.subarray(end + 2);
        return line;
      }
      if (this.#rest.length > MAX_LINE) throw S3_REFUSED.incompleteBody();
      if (await this.#more()) continue;
      if (mayEnd && this.#rest.length === 0) return '';
      throw S3_REFUSED.incompleteBody();
    }
  }

  /** Some bytes, at most so many. */
  async bytes(most: number): Promise<Buffer> {
    if (this.#rest.length === 0 && !(await this.#more())) throw S3_REFUSED.incompleteBody();
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.length);
    return bytes;
  }

  /** The source stays as it is. */
  async release(): Promise<void> {
    await this.#source.return?.();
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#source.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }
}
