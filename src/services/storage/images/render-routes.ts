import { isBlobName } from '../blobs/blob-store.ts';
import { featureNotEnabled, REFUSED } from '../errors.ts';
import { NOBODY } from '../http/caller.ts';
import type { Exchange } from '../http/exchange.ts';
import { attachment, safetyHeaders } from '../objects/browser-safety.ts';
import { matchesTag } from '../objects/conditions.ts';
import { findObjectAsOwner, findReadable, type ObjectRow } from '../objects/object-row.ts';
import { addressOf } from '../objects/read-object.ts';
import { dropFrameRules, modifiedAt, sizeOf } from '../objects/send-object.ts';
import { signedAddress } from '../objects/signed-address.ts';
import type { Rendering } from './render.ts';
import { Renderer } from './renderer.ts';
import { parseTransformation, queriedTransformation, type Transformation } from './transformation.ts';

export async function renderRoute(exchange: Exchange): Promise<undefined> {
  const wanted = queriedTransformation(exchange.query);
  return send(exchange, await findReadable(await exchange.scope(), addressOf(exchange), false), wanted);
}

export async function renderPublicRoute(exchange: Exchange): Promise<undefined> {
  const wanted = queriedTransformation(exchange.query);
  return send(exchange, await findReadable(await exchange.scope(NOBODY), addressOf(exchange), true), wanted);
}

/** What is rendered stands in the token: the address cannot ask for more. */
export async function renderSignedRoute(exchange: Exchange): Promise<undefined> {
  const { at, claims } = await signedAddress(exchange);
  return send(exchange, await findObjectAsOwner(exchange, at), parseTransformation(claims.transformations ?? ''));
}

async function send(exchange: Exchange, row: ObjectRow, wanted: Transformation): Promise<undefined> {
  const { parts, request, response, query } = exchange;
  if (!parts.settings.imageTransformation) throw featureNotEnabled('imageTransformation');
  const rendering = renderingOf(wanted, exchange.header('accept'));
  if (!isBlobName(row.version)) throw REFUSED.noSuchKey();
  const etag = `"${row.version.slice(0, 32)}-${Renderer.nameOf(rendering)}"`;
  const headers = {
    etag,
    vary: 'accept',
    'cache-control': row.metadata?.cacheControl ?? 'no-cache',
    'last-modified': modifiedAt(row).toUTCString(),
    'x-robots-tag': 'none',
    ...safetyHeaders('image/png'),
    ...(query.has('download') && {
      'content-disposition': attachment(query.get('download') || row.name.split('/').at(-1)!),
    }),
  };
  dropFrameRules(exchange);
  const known = exchange.header('if-none-match');
  if (known !== undefined && matchesTag(known, etag)) {
    response.writeHead(304, headers).end();
    return undefined;
  }
  const { bytes, format } = await parts.renderer.render(row.version, sizeOf(row), rendering);
  response.writeHead(200, { ...headers, 'content-type': `image/${format}`, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
  return undefined;
}

/** A browser that shows WebP gets WebP, unless the address says otherwise. */
function renderingOf({ format, ...rest }: Transformation, accept: string | undefined): Rendering {
  if (format === 'origin') return { ...rest, format: 'source' };
  return { ...rest, format: format ?? (accept?.includes('image/webp') ? 'webp' : 'source') };
}
