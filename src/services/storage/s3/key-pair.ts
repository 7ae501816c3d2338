import { createHmac } from 'node:crypto';

/** What S3 clients log in with as the service. */
export interface S3KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The pair that the Supabase CLI prints for every local project: everybody knows it. */
export const PUBLISHED_S3_KEYS: S3KeyPair = Object.freeze({
  accessKeyId: '625729a08b95bf1b7ff351a663f3a23c',
  secretAccessKey: '850181e4652dd023b7a98c58ae0d2d34bd487ee0cc3254aed6eda37307425907',
});

/** The pair of a project that names none: the same for the same secret, and nobody's guess. */
export function derivedS3Keys(secret: string): S3KeyPair {
  const derive = (purpose: string) => createHmac('sha256', secret).update(purpose).digest('hex');
  return { accessKeyId: derive('s3 access key').slice(0, 32), secretAccessKey: derive('s3 secret key') };
}
