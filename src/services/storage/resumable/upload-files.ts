import { constants, createReadStream } from 'node:fs';
import { mkdir, open, opendir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DataStore, ERRORS, Upload } from '@tus/server';
import { syncFolder } from '../blobs/disk.ts';
import type { Incoming, Received } from '../blobs/incoming.ts';

/** What is known of an upload that comes in parts; kept beside its bytes, so that it survives a restart. */
export interface UploadRecord {
  readonly id: string;
  /** Absent until the caller says it. */
  readonly size?: number;
  readonly created: string;
  /** As the client sent it: it is given back to him. */
  readonly metadata?: Record<string, string | null>;
  readonly bucket: string;
  readonly name: string;
  readonly overwrite: boolean;
  /** Bytes. */
  readonly limit: number;
  /** Who may go on with it. */
  readonly role: string;
  readonly owner?: string;
  /** By a signed address: whoever has it may go on. */
  readonly signed: boolean;
  /** The object is stored and the bytes are gone from here. */
  readonly done?: boolean;
}

const EXPIRES_MS = 24 * 60 * 60 * 1000;
const ID = /^[0-9a-f]{32}$/;

/**
 * Uploads on their way, as files: `<id>` with the bytes and `<id>.json`. How far one came is the length of its file, so nothing has to be
 * kept in step with it. Each part is synced before it is acknowledged.
 */
export class UploadFiles extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'creation-defer-length', 'termination', 'expiration'];
  readonly #folder: string;
  readonly #incoming: Incoming;
  /** Given by who announced an upload, until it is created. */
  readonly announced = new Map<string, UploadRecord>();

  constructor(folder: string, incoming: Incoming) {
    super();
    this.#folder = folder;
    this.#incoming = incoming;
  }

  async open(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
  }

  override async create(upload: Upload): Promise<Upload> {
    const record = this.announced.get(upload.id);
    this.announced.delete(upload.id);
    if (!record) throw ERRORS.FILE_NOT_FOUND;
    upload.creation_date = record.created;
    await this.#incoming.requireRoom(upload.size ?? 0);
    await writeFile(this.pathOf(upload.id), '', { flag: 'wx', mode: 0o600 });
    await this.#write({ ...record, size: upload.size });
    return upload;
  }

  /** Keeps what arrived, also when the connection broke. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    await using file = await open(this.pathOf(id), constants.O_WRONLY);
    await this.#incoming.requireRoom(0);
    let at = offset;
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        for (let done = 0; done < chunk.length; ) {
          const { bytesWritten } = await file.write(chunk, done, chunk.length - done, at + done);
          done += bytesWritten;
        }
        at += chunk.length;
      }
    } finally {
      await file.datasync();
    }
    return at;
  }

  /**
   * An upload that has all its bytes but is not stored says that its last byte is missing: the client sends it again, and the object is
   * stored then. Else a crash between the two would leave him believing that it was.
   */
  override async getUpload(id: string): Promise<Upload> {
    const record = await this.record(id);
    const { size, metadata, created, done } = record;
    const length = done ? (size ?? 0) : await this.#lengthOf(id);
    const offset = !done && size !== undefined && size > 0 ? Math.min(length, size - 1) : length;
    return new Upload({ id, size, offset, metadata, creation_date: created });
  }

  override async declareUploadLength(id: string, size: number): Promise<void> {
    await this.#write({ ...(await this.record(id)), size });
  }

  override async remove(id: string): Promise<void> {
    await this.record(id);
    await this.#delete(id);
  }

  override async deleteExpired(): Promise<number> {
    let deleted = 0;
    for await (const { name } of await opendir(this.#folder)) {
      const id = name.replace(/\.json(\.new)?$/, '');
      const path = join(this.#folder, name);
      const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (!ID.test(id) || age < EXPIRES_MS) continue;
      await this.#delete(id);
      deleted++;
    }
    return deleted;
  }

  override getExpiration(): number {
    return EXPIRES_MS;
  }

  /** Throws FILE_NOT_FOUND. */
  async record(id: string): Promise<UploadRecord> {
    if (!ID.test(id)) throw ERRORS.FILE_NOT_FOUND;
    try {
      return JSON.parse(await readFile(this.#recordPath(id), 'utf8')) as UploadRecord;
    } catch {
      throw ERRORS.FILE_NOT_FOUND;
    }
  }

  /** The whole upload, hashed. */
  async received(id: string, limit: number): Promise<Received & { readonly head: Buffer }> {
    const file = this.pathOf(id);
    const { hashed, head } = await this.#incoming.hash(createReadStream(file, { highWaterMark: 256 * 1024 }), limit);
    return { ...hashed, head, file, discard: async () => {} };
  }

  async finished(record: UploadRecord): Promise<void> {
    await this.#write({ ...record, done: true });
    await rm(this.pathOf(record.id), { force: true });
  }

  pathOf(id: string): string {
    if (!ID.test(id)) throw ERRORS.FILE_NOT_FOUND;
    return join(this.#folder, id);
  }

  #recordPath(id: string): string {
    return `${this.pathOf(id)}.json`;
  }

  async #lengthOf(id: string): Promise<number> {
    return (await stat(this.pathOf(id)).catch(() => undefined))?.size ?? 0;
  }

  async #write(record: UploadRecord): Promise<void> {
    const path = this.#recordPath(record.id);
    await writeFile(`${path}.new`, JSON.stringify(record), { mode: 0o600, flush: true });
    await rename(`${path}.new`, path);
    await syncFolder(this.#folder);
  }

  async #delete(id: string): Promise<void> {
    for (const path of [this.pathOf(id), this.#recordPath(id), `${this.#recordPath(id)}.new`])
      await rm(path, { force: true });
  }
}
