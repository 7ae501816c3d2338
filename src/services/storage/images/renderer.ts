import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { buffer } from 'node:stream/consumers';
import type { BlobName, BlobStore } from '../blobs/blob-store.ts';
import { REFUSED } from '../errors.ts';
import type { ImageFormat, RenderedImage, Rendering } from './render.ts';
import type { RenderCache } from './render-cache.ts';

/** Each holds a decoded picture; more at once would not be quicker, only larger. */
const AT_ONCE = Math.max(1, Math.min(4, availableParallelism()));
/** Who comes later is told to come again. */
const MAX_WAITING = 200;

/** Renders each picture once: from the cache, with who asked first, or now, a few at a time. */
export class Renderer {
  readonly #blobs: BlobStore;
  readonly #cache: RenderCache;
  readonly #underWay = new Map<string, Promise<RenderedImage>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(blobs: BlobStore, cache: RenderCache) {
    this.#blobs = blobs;
    this.#cache = cache;
  }

  /** Short and the same for the same picture: good for an entity tag. */
  static nameOf(rendering: Rendering): string {
    return createHash('sha256')
      .update(JSON.stringify(rendering, Object.keys(rendering).sort()))
      .digest('hex')
      .slice(0, 24);
  }

  /** Throws NoSuchKey, InvalidRequest (422), EntityTooLarge, SlowDown. */
  async render(blob: BlobName, size: number, rendering: Rendering): Promise<RenderedImage> {
    const name = Renderer.nameOf(rendering);
    const cached = await this.#cache.get(blob, name);
    if (cached) return unpack(cached);
    const key = `${blob}/${name}`;
    const known = this.#underWay.get(key);
    if (known) return known;
    const work = this.#inTurn(() => this.#make(blob, size, rendering, name));
    this.#underWay.set(key, work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #make(blob: BlobName, size: number, rendering: Rendering, name: string): Promise<RenderedImage> {
    // libvips is loaded by the first picture that is wanted otherwise than it came.
    const { MAX_SOURCE_BYTES, renderImage } = await import('./render.ts');
    if (size > MAX_SOURCE_BYTES) throw REFUSED.tooLarge({ message: 'The image is too large to be rendered' });
    const stream = await this.#blobs.open(blob);
    if (!stream) throw REFUSED.noSuchKey();
    const source = await buffer(stream);
    const image = await renderImage(source, rendering);
    await this.#cache.set(blob, name, pack(image));
    return image;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) throw REFUSED.slowDown();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}

/** In the cache the format stands in the first eight bytes. */
const FORMAT_BYTES = 8;
const pack = ({ format, bytes }: RenderedImage) => Buffer.concat([Buffer.from(format.padEnd(FORMAT_BYTES)), bytes]);
const unpack = (file: Buffer): RenderedImage => ({
  format: file.toString('latin1', 0, FORMAT_BYTES).trim() as ImageFormat,
  bytes: file.subarray(FORMAT_BYTES),
});
