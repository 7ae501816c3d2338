import { mkdir, open, opendir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { type BlobName, isBlobName } from '../blobs/blob-store.ts';

/**
 * Rendered images as files: `rendered/<blob>/<rendering>`. The least used go when there are too many bytes; all of a blob go with the
 * blob. A cache and no more: not synced, and rebuilt from its files at the start.
 */
export class RenderCache {
  readonly #folder: string;
  /** `<blob>/<rendering>` -> bytes of the file. */
  readonly #index: LRUCache<string, number>;

  constructor(folder: string, maximumBytes: number) {
    this.#folder = folder;
    this.#index = new LRUCache({
      maxSize: maximumBytes,
      sizeCalculation: (bytes) => Math.max(1, bytes),
      dispose: (_bytes, key, reason) => {
        if (reason !== 'set') void rm(join(folder, key), { force: true }).catch(() => {});
      },
    });
  }

  /** Takes up what an earlier process left. */
  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for await (const { name: blob } of await opendir(this.#folder)) {
      if (!isBlobName(blob)) continue;
      for await (const { name } of await opendir(join(this.#folder, blob))) {
        const key = `${blob}/${name}`;
        if (name.includes('.')) await rm(join(this.#folder, key), { force: true });
        else this.#index.set(key, (await stat(join(this.#folder, key))).size);
      }
    }
  }

  async get(blob: BlobName, rendering: string): Promise<Buffer | undefined> {
    const key = `${blob}/${rendering}`;
    if (this.#index.get(key) === undefined) return undefined;
    try {
      await using file = await open(join(this.#folder, key), 'r');
      return await file.readFile();
    } catch {
      this.#index.delete(key);
      return undefined;
    }
  }

  async set(blob: BlobName, rendering: string, image: Buffer): Promise<void> {
    const key = `${blob}/${rendering}`;
    const path = join(this.#folder, key);
    await mkdir(join(this.#folder, blob), { recursive: true });
    await writeFile(`${path}.new`, image);
    await rename(`${path}.new`, path);
    this.#index.set(key, image.length);
  }

  async forget(blob: BlobName): Promise<void> {
    for (const key of this.#index.keys()) if (key.startsWith(`${blob}/`)) this.#index.delete(key);
    await rm(join(this.#folder, blob), { recursive: true, force: true });
  }
}
