/** Files behind /storage/v1: buckets and objects under row level security, bytes on disk or in S3. */
import type { Files } from './files.ts';

export { StorageError } from './errors.ts';
export type { Files } from './files.ts';
export { openStorage } from './open-storage.ts';
export { DEFAULT_STORAGE_SETTINGS, type DeclaredBucket, type StorageSettings, storageSettings } from './settings.ts';
export type { BlobLocation, Drift, MigrationReport, Storage, StorageOptions } from './types.ts';

declare module '#kernel/product.ts' {
  interface Platform {
    readonly files: Files;
  }
}
