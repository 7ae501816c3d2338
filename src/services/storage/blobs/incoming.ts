import { createHash, type Hash, randomUUID } from 'node:crypto';
import { constants, mkdirSync } from 'node:fs';
import { type FileHandle, open, opendir, stat, statfs, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { insufficientStorage, REFUSED } from '../errors.ts';
import type { BlobName } from './blob-store.ts';

/** Bytes that are on this machine's disk, synced, and nobody's yet. */
export interface Received {
  readonly name: BlobName;
  readonly size: number;
  /** Hex; only where it was asked for. */
  readonly md5?: string;
  readonly file: string;
  /** Removes the file if nobody took it over. */
  discard(): Promise<void>;
}

export interface ReceiveOptions {
  /** Bytes; one more is refused with EntityTooLarge. */
  readonly limit: number;
  /** Bytes to come, where the caller said so. */
  readonly expected?: number;
  /** Called once with the first bytes, before more are read; what it throws ends the upload. */
  inspect?(head: Buffer): Promise<void>;
  readonly md5?: boolean;
}

/** As many bytes as signatures of file types need. */
export const HEAD_BYTES = 4100;
/** Small chunks are gathered before they are written: a write costs the same for 1 KB as for 256. */
const WRITE_BYTES = 256 * 1024;
/** How often the free space is looked at while bytes come. */
const FLOOR_CHECK_BYTES = 64 * 1024 * 1024;
/** Files that nobody has written to for so long belong to a process that died. */
const STALE_MS = 60 * 60 * 1000;

/** Receives bytes into files of their own, hashing as they come. A cut or refused upload leaves nothing behind. */
export class Incoming {
  readonly #folder: string;
  readonly #minimumFree: number;

  constructor(folder: string, minimumFreeBytes: number) {
    this.#folder = folder;
    this.#minimumFree = minimumFreeBytes;
    mkdirSync(folder, { recursive: true });
  }

  /** Throws InsufficientStorage (507) when so many more bytes would leave too little room. */
  async requireRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize - bytes < this.#minimumFree) throw insufficientStorage();
  }

  async receive(source: Readable | AsyncIterable<Buffer>, options: ReceiveOptions): Promise<Received> {
    await this.requireRoom(options.expected ?? 0);
    const file = join(this.#folder, randomUUID());
    const discard = () => unlink(file).catch(ignoreAbsence);
    try {
      await using handle = await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      const writing = new Writing(handle, options, (bytes) => this.requireRoom(bytes));
      for await (const chunk of undestroyed(source)) await writing.add(chunk);
      return { ...(await writing.finish()), file, discard };
    } catch (error) {
      await discard();
      throw noRoomLeft(error) ? insufficientStorage() : error;
    }
  }

  /** Bytes that are on disk already, and how they begin. */
  async hash(
    source: AsyncIterable<Buffer>,
    limit: number,
  ): Promise<{ hashed: { name: BlobName; size: number }; head: Buffer }> {
    const sha256 = createHash('sha256');
    let [size, head] = [0, Buffer.alloc(0)];
    for await (const chunk of source) {
      size += chunk.length;
      if (size > limit) throw REFUSED.tooLarge();
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
      sha256.update(chunk);
    }
    return { hashed: { name: sha256.digest('hex'), size }, head };
  }

  /** Removes what processes that died left behind. */
  async sweep(now = Date.now()): Promise<number> {
    let removed = 0;
    for await (const { name } of await opendir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(ignoreAbsence);
      if (!found?.isFile() || now - found.mtimeMs < STALE_MS) continue;
      await unlink(path).catch(ignoreAbsence);
      removed++;
    }
    return removed;
  }
}

class Writing {
  readonly #handle: FileHandle;
  readonly #options: ReceiveOptions;
  readonly #requireRoom: (bytes: number) => Promise<void>;
  readonly #sha256: Hash = createHash('sha256');
  readonly #md5: Hash | undefined;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #size = 0;
  #inspected = false;
  #nextCheck = FLOOR_CHECK_BYTES;

  constructor(handle: FileHandle, options: ReceiveOptions, requireRoom: (bytes: number) => Promise<void>) {
    this.#handle = handle;
    this.#options = options;
    this.#requireRoom = requireRoom;
    this.#md5 = options.md5 ? createHash('md5') : undefined;
  }

  async add(chunk: Buffer): Promise<void> {
    this.#size += chunk.length;
    if (this.#size > this.#options.limit) throw REFUSED.tooLarge();
    this.#sha256.update(chunk);
    this.#md5?.update(chunk);
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (!this.#inspected && this.#pendingBytes >= HEAD_BYTES) await this.#inspect();
    if (this.#pendingBytes >= WRITE_BYTES) await this.#flush();
    if (this.#size < this.#nextCheck) return;
    this.#nextCheck += FLOOR_CHECK_BYTES;
    await this.#requireRoom(0);
  }

  async finish(): Promise<{ name: BlobName; size: number; md5?: string }> {
    if (!this.#inspected) await this.#inspect();
    await this.#flush();
    await this.#handle.datasync();
    return { name: this.#sha256.digest('hex'), size: this.#size, ...(this.#md5 && { md5: this.#md5.digest('hex') }) };
  }

  async #inspect(): Promise<void> {
    this.#inspected = true;
    if (this.#options.inspect) await this.#options.inspect(Buffer.concat(this.#pending).subarray(0, HEAD_BYTES));
  }

  async #flush(): Promise<void> {
    if (this.#pendingBytes === 0) return;
    const chunks = this.#pending;
    let left = this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    const { bytesWritten } = await this.#handle.writev(chunks);
    left -= bytesWritten;
    // A disk that fills up takes part of a write and says so only at the next one.
    if (left > 0) await this.#handle.writeFile(Buffer.concat(chunks).subarray(bytesWritten));
  }
}

/** A request that is refused midway must stay, or its caller would be cut off before he has read why. */
function undestroyed(source: Readable | AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  return source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source;
}

const noRoomLeft = (error: unknown) => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
