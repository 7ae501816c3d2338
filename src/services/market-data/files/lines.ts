import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { OperatorError } from '#kernel/errors.ts';

const GZIP = 0x1f8b;
const ZSTD = 0x28b52ffd;

export interface TextFile {
  readonly bytes: number;
  /** Lines without their ends; the first without a byte-order mark. Consume once. */
  readonly lines: AsyncIterable<string[]>;
  /** Of the file as it lies on disk; known when `lines` has ended. */
  sha256(): string;
}

/**
 * Opens a text file, plain or compressed with gzip or zstd (told by its first bytes, not its name), and reads it in pieces; a
 * piece is a batch of lines. `onProgress` counts bytes on disk. Throws OperatorError when it cannot be read or is damaged.
 */
export async function openTextFile(
  path: string,
  onProgress?: (bytes: number, total: number) => void,
): Promise<TextFile> {
  const bytes = await sizeOf(path);
  const hash = createHash('sha256');
  let digest: string | undefined;
  return {
    bytes,
    lines: linesOf(path, (chunk, read) => {
      hash.update(chunk);
      onProgress?.(read, bytes);
    }),
    sha256: () => {
      digest ??= hash.digest('hex');
      return digest;
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  if (!found.isFile()) throw new OperatorError(`${path} is not a file`, { remedy: 'Give the path of a CSV file.' });
  return found.size;
}

async function* linesOf(path: string, onChunk: (chunk: Buffer, read: number) => void): AsyncGenerator<string[]> {
  let rest = '';
  let first = true;
  const decoder = new TextDecoder('utf-8');
  try {
    for await (const chunk of decompressed(path, onChunk)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) yield lines.map(withoutCarriageReturn);
      first = false;
    }
  } catch (cause) {
    throw unreadable(path, cause as NodeJS.ErrnoException);
  }
  rest += decoder.decode();
  if (rest !== '' || first) yield [withoutCarriageReturn(rest)];
}

const withoutCarriageReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

async function* decompressed(path: string, onChunk: (chunk: Buffer, read: number) => void): AsyncGenerator<Buffer> {
  const source = counted(path, onChunk);
  const head = await source.next();
  if (head.done) return;
  const transform = decompressorFor(head.value);
  const whole = prepend(head.value, source);
  if (!transform) yield* whole;
  else {
    const input = Readable.from(whole);
    input.on('error', (error) => transform.destroy(error));
    yield* input.pipe(transform);
  }
}

async function* counted(path: string, onChunk: (chunk: Buffer, read: number) => void): AsyncGenerator<Buffer> {
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    read += (chunk as Buffer).length;
    onChunk(chunk as Buffer, read);
    yield chunk as Buffer;
  }
}

async function* prepend(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

function decompressorFor(head: Buffer): Transform | undefined {
  if (head.length >= 2 && head.readUInt16BE(0) === GZIP) return createGunzip();
  if (head.length >= 4 && head.readUInt32BE(0) === ZSTD) return createZstdDecompress();
  return undefined;
}

function unreadable(path: string, cause: NodeJS.ErrnoException): OperatorError {
  const said: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'it may not be read by this user',
    EISDIR: 'it is a folder',
  };
  const why = said[cause.code ?? ''] ?? `it is damaged or not complete (${cause.message})`;
  return new OperatorError(`${path} cannot be read: ${why}`, { cause });
}
