import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '#kernel/config.ts';
import { OperatorError } from '#kernel/errors.ts';
import type { BlobLocation } from '#services/storage/api.ts';

/** Folder of a project's files, when they lie on the disk; uploads on their way always do. */
export function storageFolder(dataFolder: string, project: string): string {
  return join(dataFolder, project, 'storage');
}

/** Signs addresses of files. Not the project's secret itself: a signed address must not be worth anything as a token of the data API. */
export function storageSecret(jwtSecret: string): string {
  return createHmac('sha256', jwtSecret).update('storage').digest('hex');
}

/** Where FREEHOLD_BLOBS says that files lie; undefined means the disk. */
export function configuredBlobs(config: Config, project: string): BlobLocation | undefined {
  return config.blobs === undefined ? undefined : blobLocation(config.blobs, config, project);
}

/** `disk`, or `s3://bucket/prefix?endpoint=...&region=...` with the keys of the environment. Throws OperatorError. */
export function blobLocation(text: string, config: Config, project: string): BlobLocation {
  if (text === 'disk') return { kind: 'disk', folder: storageFolder(config.dataFolder, project) };
  const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
  if (!URL.canParse(text) || new URL(text).protocol !== 's3:')
    throw new OperatorError(`"${text}" is no place for files`, {
      remedy: 'Say disk, or s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1',
    });
  if (!accessKeyId || !secretAccessKey)
    throw new OperatorError('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set');
  const { hostname: bucket, pathname, searchParams } = new URL(text);
  const region = searchParams.get('region') ?? 'us-east-1';
  const endpoint = searchParams.get('endpoint') ?? `https://s3.${region}.amazonaws.com`;
  const prefix = `${[pathname.replace(/^\/+|\/+$/g, ''), project].filter(Boolean).join('/')}/`;
  return { kind: 's3', endpoint, region, bucket, accessKeyId, secretAccessKey, prefix };
}
