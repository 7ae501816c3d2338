import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../blobs/disk.ts';
import type { Received } from '../blobs/incoming.ts';
import { REFUSED } from '../errors.ts';
import type { ObjectAddress } from '../objects/object-row.ts';
import type { UploadHeaders } from '../objects/upload-source.ts';
import { ownerOf, type Parts, type Scope } from '../parts.ts';
import { asOwner } from '../sessions.ts';

export interface MultipartUpload {
  readonly id: string;
  readonly at: ObjectAddress;
  readonly headers: UploadHeaders;
  readonly created: Date;
}

export interface StoredPart {
  readonly number: number;
  /** Hex MD5, without quotes. */
  readonly etag: string;
  readonly size: number;
  /** Name of its file. */
  readonly version: string;
  readonly created: Date;
}

const FORGOTTEN = "interval '7 days'";

/** Uploads that come as numbered parts: their rows in the database, their bytes in files `multipart/<upload>/<part>`. */
export class MultipartStore {
  readonly #parts: Parts;
  readonly #folder: string;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#folder = join(parts.folder, 'multipart');
  }

  async begin(scope: Scope, at: ObjectAddress, headers: UploadHeaders): Promise<string> {
    const id = randomBytes(24).toString('hex');
    await asOwner(this.#parts, (session) =>
      session.execute(
        `insert into storage.s3_multipart_uploads (id, bucket_id, key, version, owner_id, upload_signature, metadata, user_metadata)
         values ($1, $2, $3, $4, $5, '', $6, $7)`,
        [
          id,
          at.bucket,
          at.name,
          randomUUID(),
          ownerOf(scope.caller) ?? null,
          { ...headers },
          headers.userMetadata ?? null,
        ],
      ),
    );
    await mkdir(this.#folderOf(id), { recursive: true });
    return id;
  }

  /** Of the caller: another's, or one of another object, is none. Throws NoSuchUpload. */
  async find(scope: Scope, at: ObjectAddress, id: string): Promise<MultipartUpload> {
    const row = await asOwner(this.#parts, (session) =>
      session.maybeOne<{ id: string; metadata: UploadHeaders; created_at: Date }>(
        `select id, metadata, created_at from storage.s3_multipart_uploads
         where id = $1 and bucket_id = $2 and key = $3 and owner_id is not distinct from $4`,
        [id, at.bucket, at.name, ownerOf(scope.caller) ?? null],
      ),
    );
    if (!row) throw REFUSED.noSuchUpload();
    return { id, at, headers: row.metadata, created: row.created_at };
  }

  /** A part that came before under this number is replaced. Throws EntityTooLarge when all parts together are too much. */
  async addPart({ id, at }: MultipartUpload, number: number, received: Received, limit: number): Promise<void> {
    const version = randomUUID();
    await rename(received.file, this.#fileOf(id, version));
    await syncFolder(this.#folderOf(id));
    const replaced = await asOwner(this.#parts, async (session) => {
      const held = await session.query('select from storage.s3_multipart_uploads where id = $1 for update', [id]);
      if (held.length === 0) throw REFUSED.noSuchUpload();
      const gone = await session.query<{ version: string }>(
        'delete from storage.s3_multipart_uploads_parts where upload_id = $1 and part_number = $2 returning version',
        [id, number],
      );
      await session.execute(
        `insert into storage.s3_multipart_uploads_parts (upload_id, size, part_number, bucket_id, key, etag, version)
         values ($1, $2, $3, $4, $5, $6, $7)`,
        [id, received.size, number, at.bucket, at.name, received.md5, version],
      );
      const { total } = await session.one<{ total: number }>(
        `update storage.s3_multipart_uploads set in_progress_size =
           (select coalesce(sum(size), 0) from storage.s3_multipart_uploads_parts where upload_id = $1)
         where id = $1 returning in_progress_size as total`,
        [id],
      );
      if (Number(total) > limit) throw REFUSED.tooLarge();
      return gone;
    }).catch(async (error: unknown) => {
      await rm(this.#fileOf(id, version), { force: true });
      throw error;
    });
    for (const part of replaced) await rm(this.#fileOf(id, part.version), { force: true });
  }

  /** In the order of their numbers. */
  async listParts(id: string, after = 0, limit = 10_000): Promise<StoredPart[]> {
    const rows = await asOwner(this.#parts, (session) =>
      session.query<Omit<StoredPart, 'size'> & { size: number | bigint }>(
        `select part_number as number, etag, size, version, created_at as created from storage.s3_multipart_uploads_parts
         where upload_id = $1 and part_number > $2 order by part_number limit $3`,
        [id, after, limit],
      ),
    );
    return rows.map((row) => ({ ...row, size: Number(row.size) }));
  }

  async listUploads(scope: Scope, bucket: string, prefix: string, limit: number): Promise<MultipartUpload[]> {
    const rows = await asOwner(this.#parts, (session) =>
      session.query<{ id: string; key: string; metadata: UploadHeaders; created_at: Date }>(
        `select id, key, metadata, created_at from storage.s3_multipart_uploads
         where bucket_id = $1 and starts_with(key, $2) and owner_id is not distinct from $3 order by key, created_at limit $4`,
        [bucket, prefix, ownerOf(scope.caller) ?? null, limit],
      ),
    );
    return rows.map((row) => ({
      id: row.id,
      at: { bucket, name: row.key },
      headers: row.metadata,
      created: row.created_at,
    }));
  }

  /** The bytes of these parts, one after the other. */
  async *bytes(id: string, parts: readonly StoredPart[]): AsyncGenerator<Buffer, void, undefined> {
    for (const { version } of parts) yield* createReadStream(this.#fileOf(id, version), { highWaterMark: 256 * 1024 });
  }

  async end(id: string): Promise<void> {
    await asOwner(this.#parts, (session) =>
      session.execute('delete from storage.s3_multipart_uploads where id = $1', [id]),
    );
    await rm(this.#folderOf(id), { recursive: true, force: true });
  }

  /** Uploads that nobody went on with for a week, and files whose rows are gone. */
  async sweep(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const folders = await readdir(this.#folder);
    const left = await asOwner(this.#parts, async (session) => {
      await session.execute(`delete from storage.s3_multipart_uploads where created_at < now() - ${FORGOTTEN}`);
      return session.query<{ id: string }>('select id from storage.s3_multipart_uploads where id = any ($1::text[])', [
        folders,
      ]);
    });
    const known = new Set(left.map(({ id }) => id));
    for (const folder of folders)
      if (!known.has(folder)) await rm(this.#folderOf(folder), { recursive: true, force: true });
  }

  #folderOf(id: string): string {
    return join(this.#folder, id);
  }

  #fileOf(id: string, version: string): string {
    return join(this.#folderOf(id), version);
  }
}
