import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileTypeFromFile } from 'file-type';
import { uploadObject } from '../objects/upload-object.ts';
import type { Parts, Scope } from '../parts.ts';
import { asOwner } from '../sessions.ts';

/** Types that have no signature, by the file's ending. */
const BY_ENDING: Readonly<Record<string, string>> = {
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.xml': 'application/xml',
};

/**
 * Uploads the files of `objects_path` of each declared bucket, under their paths, as the Supabase CLI does at its start. What is there already
 * is left. A folder that is not there is passed over. Returns how many were uploaded.
 */
export async function seedObjects(parts: Parts, folder: string): Promise<number> {
  const identity = { role: 'service_role', claims: { role: 'service_role' } };
  const settings = { 'storage.operation': 'storage.object.upload' };
  const scope: Scope = { parts, caller: { identity, authenticated: true }, settings };
  let uploaded = 0;
  for (const { name: bucket, objectsPath } of parts.settings.buckets) {
    if (!objectsPath) continue;
    const root = join(folder, objectsPath);
    for (const file of await filesBelow(root)) {
      const name = relative(root, file).split(sep).join('/').normalize('NFC');
      if (await isThere(parts, bucket, name)) continue;
      const headers = { mimeType: await typeOf(file), cacheControl: 'max-age=3600' };
      const source = {
        headers,
        bytes: createReadStream(file),
        expected: (await stat(file)).size,
        finish: async () => headers,
      };
      await uploadObject(scope, { bucket, name }, source, { overwrite: false });
      uploaded++;
    }
  }
  return uploaded;
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

async function isThere(parts: Parts, bucket: string, name: string): Promise<boolean> {
  const rows = await asOwner(parts, (session) =>
    session.query('select from storage.objects where bucket_id = $1 and name = $2', [bucket, name]),
  );
  return rows.length > 0;
}

async function typeOf(file: string): Promise<string> {
  const known = BY_ENDING[extname(file).toLowerCase()];
  return known ?? (await fileTypeFromFile(file))?.mime ?? 'application/octet-stream';
}
