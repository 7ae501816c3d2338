import type { RequestListener } from 'node:http';
import type { Logger } from '#kernel/log.ts';
import type { Database, Identity } from '#kernel/postgres/database.ts';
import type { Files } from './files.ts';
import type { S3KeyPair } from './s3/key-pair.ts';
import type { StorageSettings } from './settings.ts';

/** Where bytes are kept. */
export type BlobLocation =
  | { readonly kind: 'disk'; readonly folder: string }
  | {
      readonly kind: 's3';
      /** `https://s3.eu-central-1.amazonaws.com`; the bucket goes into the path. */
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      /** Put before every key, e.g. `project/`. */
      readonly prefix?: string;
    };

export interface StorageOptions {
  /** Sessions that may become anon, authenticated, service_role and supabase_storage_admin. */
  readonly services: Database;
  /** Who a token stands for, by the rules of the data API. Throws (or rejects) with a message fit for the caller when it is not good. */
  verify(token: string): Identity | Promise<Identity>;
  /** Of this project alone: uploads on their way, cached images, and the bytes themselves unless `blobs` says otherwise. */
  readonly folder: string;
  readonly settings: StorageSettings;
  /** Signs the tokens of signed addresses: at least 32 characters. */
  readonly signingSecret: string;
  /** Of the server as callers see it, `https://host:port`; from the Host header where it is absent. Asked at each use. */
  publicUrl?(): string | undefined;
  /** S3 clients may log in with this as the secret, the project's reference as access key and a user's JWT as session token. */
  readonly anonKey?: string;
  /** Whether S3's key pair may be the one that everybody knows, where the settings name none: on a developer's machine only. */
  readonly publishedKeys?: boolean;
  /** Folder `supabase/`, where `objects_path` of declared buckets begins; absent: nothing is seeded. */
  readonly seedFolder?: string;
  /** Default: disk, in `folder`. */
  readonly blobs?: BlobLocation;
  readonly log: Logger;
}

/** What rows say and what bytes there are, compared. */
export interface Drift {
  /** Rows that have bytes. */
  readonly objects: number;
  readonly blobs: number;
  /** Rows written by SQL, which never had bytes. */
  readonly neverUploaded: number;
  /** Rows whose bytes are gone or of the wrong length: `bucket/name`, at most a hundred. */
  readonly missing: readonly string[];
  readonly missingCount: number;
  /** Bytes without a row that were removed now, and how many bytes that freed. */
  readonly removed: number;
  readonly freedBytes: number;
}

export interface MigrationReport {
  readonly copied: number;
  readonly bytes: number;
  /** Were there already. */
  readonly skipped: number;
  /** Rows whose bytes the source does not have. */
  readonly missing: readonly string[];
}

export interface Storage {
  /** Takes the whole exchange, body unread; the address with its prefix /storage/v1. */
  readonly listener: RequestListener;
  /** What S3 clients log in with as the service. */
  readonly s3Keys: S3KeyPair;
  /** For the products' own routes. */
  readonly files: Files;
  /** Removes bytes without a row and says which rows have no bytes; `verify` reads every byte and compares its hash with its name. */
  reconcile(options?: { readonly verify?: boolean }): Promise<Drift>;
  /** Copies every blob that a row names; the source is left as it is. Run again until nothing is copied, then switch. */
  migrateBlobs(from: BlobLocation, to: BlobLocation): Promise<MigrationReport>;
  /** Waits for what is being removed. Requests must have stopped. */
  close(): Promise<void>;
}
