/** The root path: OpenAPI. */

import { decodeRows } from '#kernel/postgres/wire/decode.ts';
import type { ApiResponse, DataApiOptions } from '../api.ts';
import { contentType, nameOf } from '../request/media-type.ts';
import { ApiError } from '../respond/api-error.ts';
import { answer } from '../respond/headers.ts';
import type { Context } from './context.ts';

export async function handleRoot(context: Context, options: DataApiOptions): Promise<ApiResponse> {
  const { config, request, schema, accepts } = context;
  if (!options.rootDocument) throw new ApiError(404, 'PGRST126', 'Root endpoint metadata is disabled');
  if (!accepts.some(({ kind }) => kind === 'any' || kind === 'json' || kind === 'openapi'))
    throw new ApiError(406, 'PGRST107', `None of these media types are available: ${accepts.map(nameOf).join(', ')}`);
  const text = await options.rootDocument({
    schema,
    cache: context.cache,
    config,
    headers: request.headers,
    query: async (sql, values) => {
      const [result] = await context.execute({ statements: [{ text: sql, values }], readOnly: true });
      return decodeRows(result!) as never;
    },
  });
  const headers = [['Content-Type', contentType({ kind: 'openapi' })]] as const;
  return answer(200, headers, Buffer.from(text), request.method === 'HEAD');
}
