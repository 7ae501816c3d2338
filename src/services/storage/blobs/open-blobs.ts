import type { BlobLocation } from '../types.ts';
import type { BlobStore } from './blob-store.ts';
import { DiskBlobs } from './disk.ts';
import { S3Blobs } from './s3.ts';

export function openBlobs(location: BlobLocation): BlobStore {
  return location.kind === 'disk' ? new DiskBlobs(location.folder) : new S3Blobs(location);
}
