import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GarbageCollector } from './blobs/collect.ts';
import { Incoming } from './blobs/incoming.ts';
import { migrateBlobs } from './blobs/migrate-blobs.ts';
import { openBlobs } from './blobs/open-blobs.ts';
import { reconcile } from './blobs/reconcile.ts';
import { declareBuckets } from './buckets/declare-buckets.ts';
import { openFiles } from './files.ts';
import { createListener, type Door } from './http/listener.ts';
import { RenderCache } from './images/render-cache.ts';
import { Renderer } from './images/renderer.ts';
import { signedTokens } from './objects/signed-tokens.ts';
import type { Parts } from './parts.ts';
import { tusDoor } from './resumable/tus-door.ts';
import { UploadFiles } from './resumable/upload-files.ts';
import { ROUTES } from './routes.ts';
import { derivedS3Keys, PUBLISHED_S3_KEYS } from './s3/key-pair.ts';
import { MultipartStore } from './s3/multipart-store.ts';
import { s3Door } from './s3/s3-door.ts';
import type { Storage, StorageOptions } from './types.ts';

const HOUR_MS = 3_600_000;

/** Makes the folders and the declared buckets, and removes what uploads of processes that died left behind. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { services, settings, folder, signingSecret, log } = options;
  await mkdir(folder, { recursive: true });
  const blobs = openBlobs(options.blobs ?? { kind: 'disk', folder: join(folder, 'blobs') });
  const incoming = new Incoming(join(folder, 'incoming'), settings.minimumFreeBytes);
  const rendered = new RenderCache(join(folder, 'rendered'), settings.renderCacheBytes);
  const garbage = new GarbageCollector({ services, blobs, log, onRemoved: (name) => rendered.forget(name) });
  const parts: Parts = {
    services,
    settings,
    folder,
    blobs,
    incoming,
    garbage,
    renderer: new Renderer(blobs, rendered),
    tokens: signedTokens(signingSecret),
    log: log.child({ module: 'storage' }),
    verify: options.verify,
    publicUrl: options.publicUrl,
    anonKey: options.anonKey,
    s3Keys: settings.s3.keys ?? (options.publishedKeys ? PUBLISHED_S3_KEYS : derivedS3Keys(signingSecret)),
  };
  const uploads = new UploadFiles(join(folder, 'resumable'), incoming);
  await Promise.all([incoming.sweep(), rendered.open(), uploads.open().then(() => uploads.deleteExpired())]);
  const expiring = setInterval(
    () => void uploads.deleteExpired().catch((error: unknown) => log.warn({ err: error }, 'expired uploads stay')),
    HOUR_MS,
  );
  expiring.unref();
  await declareBuckets(services, settings.buckets);
  if (options.seedFolder && settings.buckets.some(({ objectsPath }) => objectsPath))
    await (await import('./buckets/seed-objects.ts')).seedObjects(parts, options.seedFolder);
  const multipart = new MultipartStore(parts);
  await multipart.sweep();
  const doors: Door[] = [tusDoor(parts, uploads), s3Door(parts, multipart)];
  return {
    listener: createListener(parts, ROUTES, doors),
    s3Keys: parts.s3Keys,
    files: openFiles(parts),
    reconcile: ({ verify = false } = {}) => reconcile(parts, verify),
    migrateBlobs: (from, to) => migrateBlobs(services, openBlobs(from), openBlobs(to), join(folder, 'incoming')),
    close: async () => {
      clearInterval(expiring);
      await garbage.idle();
    },
  };
}
