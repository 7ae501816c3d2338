import type { Identity } from '#kernel/postgres/database.ts';
import { removeObjects } from './objects/remove-objects.ts';
import { uploadObject } from './objects/upload-object.ts';
import type { Parts, Scope } from './parts.ts';
import { queryAsCaller } from './sessions.ts';

/**
 * Files for the products' own routes: uploads of /storage/v1 without HTTP, with the bucket's rules and the person's policies. Methods
 * throw StorageError (`status`: 403, 413, 415, ...) where the endpoint would refuse.
 */
export interface Files {
  /** Stores it, in place of what has this name, and answers its public address (which a private bucket does not serve). */
  put(
    identity: Identity,
    at: { readonly bucket: string; readonly name: string },
    file: { readonly type: string; readonly bytes: Buffer },
  ): Promise<string>;
  /** Removes every file of the bucket whose name begins so, but for `except`. Returns how many. */
  removeBelow(identity: Identity, bucket: string, prefix: string, except?: string): Promise<number>;
}

export function openFiles(parts: Parts): Files {
  const scopeOf = (identity: Identity): Scope => ({
    parts,
    caller: { identity, authenticated: true },
    settings: { 'storage.operation': 'product' },
  });
  return {
    put: async (identity, at, { type, bytes }) => {
      const headers = { mimeType: type, cacheControl: 'max-age=31536000' };
      const source = { headers, bytes: once(bytes), expected: bytes.length, finish: async () => headers };
      await uploadObject(scopeOf(identity), at, source, { overwrite: true });
      const path = [at.bucket, ...at.name.split('/')].map(encodeURIComponent).join('/');
      return `${parts.publicUrl?.() ?? ''}/storage/v1/object/public/${path}`;
    },
    removeBelow: async (identity, bucket, prefix, except) => {
      const scope = scopeOf(identity);
      const found = await queryAsCaller<{ name: string }>(
        scope,
        `select name from storage.objects where bucket_id = $1 and starts_with(name, $2) and name is distinct from $3 limit 1000`,
        [bucket, prefix, except ?? null],
      );
      if (found.length === 0) return 0;
      const names = found.map(({ name }) => name);
      return (await removeObjects(scope, bucket, names)).length;
    },
  };
}

async function* once(bytes: Buffer): AsyncIterable<Buffer> {
  yield bytes;
}
