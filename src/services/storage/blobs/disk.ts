import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, opendir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type BlobName, type BlobStore, type ByteRange, isBlobName, type StoredBlob } from './blob-store.ts';

/** Read at once; with it a download holds 64 KB and no more. */
const READ_BYTES = 64 * 1024;

/** Blobs as files, `ab/ab12...`: 256 folders, so that no folder grows out of hand before there are tens of millions. */
export class DiskBlobs implements BlobStore {
  readonly kind = 'disk';
  readonly #folder: string;
  /** Folders that are there and synced. */
  readonly #made = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A rename takes no time. */
  async prepare(): Promise<void> {}

  /** The rename is atomic, and a blob that was there already had the same bytes. Its folder is synced, or a power cut could undo it. */
  async adopt(name: BlobName, _size: number, file: string): Promise<void> {
    await this.#makeFolder(name);
    await moveFile(file, this.pathOf(name));
    await syncFolder(this.#folderOf(name));
  }

  async stat(name: BlobName): Promise<StoredBlob | undefined> {
    const found = await stat(this.pathOf(name)).catch(nothingThere);
    return found && { name, size: found.size };
  }

  async open(name: BlobName, range?: ByteRange): Promise<Readable | undefined> {
    const file = await open(this.pathOf(name), 'r').catch(nothingThere);
    return file?.createReadStream({ highWaterMark: READ_BYTES, ...range });
  }

  async remove(name: BlobName): Promise<void> {
    await unlink(this.pathOf(name)).catch(nothingThere);
  }

  async *list(): AsyncIterable<StoredBlob> {
    const folders = await opendir(this.#folder).catch(nothingThere);
    if (!folders) return;
    for await (const folder of folders) {
      if (!folder.isDirectory()) continue;
      for await (const { name } of await opendir(join(this.#folder, folder.name))) {
        const found = isBlobName(name) ? await this.stat(name) : undefined;
        if (found) yield found;
      }
    }
  }

  /** For who serves the file itself. */
  pathOf(name: BlobName): string {
    if (!isBlobName(name)) throw new TypeError(`not the name of a blob: ${name}`);
    return join(this.#folderOf(name), name);
  }

  #folderOf(name: BlobName): string {
    return join(this.#folder, name.slice(0, 2));
  }

  async #makeFolder(name: BlobName): Promise<void> {
    const folder = this.#folderOf(name);
    if (this.#made.has(folder)) return;
    await mkdir(folder, { recursive: true });
    await syncFolder(this.#folder);
    this.#made.add(folder);
  }
}

/** From another file system, the bytes are copied and synced under another name first. */
async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const passing = `${to}.${randomUUID()}`;
    await copyFile(from, passing);
    await using copied = await open(passing, 'r+');
    await copied.sync();
    await rename(passing, to);
    await unlink(from);
  }
}

/** Makes names in a folder survive a power cut. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
