import { NOBODY } from '../http/caller.ts';
import type { Exchange } from '../http/exchange.ts';
import { findReadable, type ObjectRow } from './object-row.ts';
import { addressOf } from './read-object.ts';
import { modifiedAt, sizeOf } from './send-object.ts';

export async function objectInfoRoute(exchange: Exchange): Promise<Record<string, unknown>> {
  return infoOf(await findReadable(await exchange.scope(), addressOf(exchange), false));
}

export async function publicObjectInfoRoute(exchange: Exchange): Promise<Record<string, unknown>> {
  return infoOf(await findReadable(await exchange.scope(NOBODY), addressOf(exchange), true));
}

function infoOf(row: ObjectRow): Record<string, unknown> {
  const { metadata } = row;
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    bucket_id: row.bucket_id,
    size: sizeOf(row),
    content_type: metadata?.mimetype ?? null,
    cache_control: metadata?.cacheControl ?? null,
    content_encoding: metadata?.contentEncoding ?? null,
    etag: metadata?.eTag ?? null,
    metadata: row.user_metadata,
    last_modified: modifiedAt(row),
    created_at: row.created_at,
  };
}
