import type { Logger } from '#kernel/log.ts';
import type { Database, Identity } from '#kernel/postgres/database.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import type { GarbageCollector } from './blobs/collect.ts';
import type { Incoming } from './blobs/incoming.ts';
import type { Renderer } from './images/renderer.ts';
import type { SignedTokens } from './objects/signed-tokens.ts';
import type { S3KeyPair } from './s3/key-pair.ts';
import type { StorageSettings } from './settings.ts';

/** What the parts of storage share, made once in open-storage.ts. */
export interface Parts {
  readonly services: Database;
  readonly settings: StorageSettings;
  readonly folder: string;
  readonly blobs: BlobStore;
  readonly incoming: Incoming;
  readonly garbage: GarbageCollector;
  readonly renderer: Renderer;
  readonly tokens: SignedTokens;
  readonly log: Logger;
  verify(token: string): Identity | Promise<Identity>;
  publicUrl?(): string | undefined;
  readonly anonKey?: string;
  readonly s3Keys: S3KeyPair;
}

/** Who asks. `authenticated` is false for a request that brought no token at all. */
export interface Caller {
  readonly identity: Identity;
  readonly authenticated: boolean;
}

/** One piece of work: for whom, under which name (`storage.operation()` in policies), and until when. */
export interface Scope {
  readonly parts: Parts;
  readonly caller: Caller;
  /** Transaction-local settings that policies may read. */
  readonly settings: Readonly<Record<string, string>>;
  /** Aborts when the caller has gone. */
  readonly signal?: AbortSignal;
}

/** The account that owns what the caller makes; undefined for keys. */
export function ownerOf({ identity }: Caller): string | undefined {
  const { sub } = identity.claims;
  return typeof sub === 'string' && sub !== '' ? sub : undefined;
}
