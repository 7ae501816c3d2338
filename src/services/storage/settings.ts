import { OperatorError } from '#kernel/errors.ts';
import type { ConfigTable } from '#services/project-folder/api.ts';
import { bytesOf } from './buckets/file-size.ts';
import type { S3KeyPair } from './s3/key-pair.ts';

/** A bucket that config.toml declares; made at the start when it is not there. */
export interface DeclaredBucket {
  readonly name: string;
  readonly public: boolean;
  readonly fileSizeLimit: number | null;
  readonly allowedMimeTypes: readonly string[] | null;
  /** Folder whose files the CLI would upload; from `supabase/`. */
  readonly objectsPath?: string;
}

export interface StorageSettings {
  readonly enabled: boolean;
  /** Bytes; a bucket may ask for less, never for more. */
  readonly fileSizeLimit: number;
  readonly buckets: readonly DeclaredBucket[];
  readonly imageTransformation: boolean;
  readonly s3: S3Settings;
  /** Bytes that must stay free on the disk; an upload that would go below is refused with 507. */
  readonly minimumFreeBytes: number;
  /** Bytes of rendered images that are kept. */
  readonly renderCacheBytes: number;
}

export interface S3Settings {
  readonly enabled: boolean;
  readonly region: string;
  /** Absent where config.toml names none: openStorage decides then. */
  readonly keys?: S3KeyPair;
}

const MIB = 1024 * 1024;

export const DEFAULT_STORAGE_SETTINGS: StorageSettings = Object.freeze({
  enabled: true,
  fileSizeLimit: 50 * MIB,
  buckets: [],
  imageTransformation: true,
  s3: { enabled: true, region: 'local' },
  minimumFreeBytes: 256 * MIB,
  renderCacheBytes: 512 * MIB,
});

/** What config.toml says of storage, with the CLI's defaults. Throws OperatorError that names the key. */
export function storageSettings(table: ConfigTable): StorageSettings {
  const defaults = DEFAULT_STORAGE_SETTINGS;
  const accessKeyId = text(table, 'storage.s3_credentials.access_key');
  const secretAccessKey = text(table, 'storage.s3_credentials.secret_key');
  return {
    enabled: table.flag('storage.enabled', true),
    fileSizeLimit: size(table, 'storage.file_size_limit') ?? defaults.fileSizeLimit,
    buckets: Object.keys(table.table('storage.buckets')).map((name) => declaredBucket(table, name)),
    imageTransformation: table.flag('storage.image_transformation.enabled', true),
    s3: {
      enabled: table.flag('storage.s3_protocol.enabled', true),
      region: text(table, 'storage.s3_credentials.region') ?? defaults.s3.region,
      ...(accessKeyId && secretAccessKey && { keys: { accessKeyId, secretAccessKey } }),
    },
    minimumFreeBytes: defaults.minimumFreeBytes,
    renderCacheBytes: defaults.renderCacheBytes,
  };
}

/** Sections are read as values: a bucket's name may hold dots, which a path could not tell from its own. */
function declaredBucket(table: ConfigTable, name: string): DeclaredBucket {
  const section = (table.table('storage.buckets')[name] ?? {}) as Record<string, unknown>;
  const wrong = (key: string, right: string) =>
    new OperatorError(`config.toml: storage.buckets.${name}.${key} must be ${right}`);
  const { public: isPublic = false, file_size_limit: limit, allowed_mime_types: types, objects_path: path } = section;
  if (typeof isPublic !== 'boolean') throw wrong('public', 'true or false');
  if (types !== undefined && !(Array.isArray(types) && types.every((each) => typeof each === 'string')))
    throw wrong('allowed_mime_types', 'a list of texts');
  if (path !== undefined && typeof path !== 'string') throw wrong('objects_path', 'a text');
  const bytes = limit === undefined || limit === '' ? null : bytesOf(limit, 1024);
  if (bytes === undefined) throw wrong('file_size_limit', 'a size, e.g. "50MiB"');
  return {
    name,
    public: isPublic,
    fileSizeLimit: bytes,
    allowedMimeTypes: types && types.length > 0 ? types : null,
    ...(path ? { objectsPath: path } : {}),
  };
}

function size(table: ConfigTable, path: string): number | undefined {
  const value = table.table('storage')[path.slice('storage.'.length)];
  if (value === undefined || value === '') return undefined;
  const bytes = bytesOf(value, 1024);
  if (bytes === undefined) throw new OperatorError(`config.toml: ${path} must be a size, e.g. "50MiB"`);
  return bytes;
}

function text(table: ConfigTable, path: string): string | undefined {
  const value = table.text(path);
  return value && !/^env\(.+\)$/.test(value) ? value : undefined;
}
