/** Plans of reads by the request's text, for as long as schema cache and configuration stay. */
import { LRUCache } from 'lru-cache';
import type { DataApiConfig } from '../config.ts';
import type { SchemaCache } from '../schema-cache/types.ts';
import type { Context } from './context.ts';

const MAX_PLANS = 2000;
const MAX_KEY = 4000;

class Shapes<Plan extends object> {
  readonly #plans = new LRUCache<string, Plan>({ max: MAX_PLANS });

  /** The plan of a request like this one, or a new one. */
  read<P extends Plan>(context: Context, name: string, make: () => P): P {
    const { request, schema, preferences } = context;
    const key = [
      schema,
      name,
      request.query,
      request.headers['accept'],
      request.method === 'GET' ? request.headers['range'] : '',
      preferences.count,
    ].join('\0');
    const known = this.#plans.get(key) as P | undefined;
    if (known) return known;
    const made = make();
    if (key.length <= MAX_KEY) this.#plans.set(key, made);
    return made;
  }
}

const byCache = new WeakMap<SchemaCache, WeakMap<DataApiConfig, Shapes<object>>>();

export function shapes(cache: SchemaCache, config: DataApiConfig): Shapes<object> {
  let byConfig = byCache.get(cache);
  if (!byConfig) {
    byConfig = new WeakMap();
    byCache.set(cache, byConfig);
  }
  let found = byConfig.get(config);
  if (!found) {
    found = new Shapes();
    byConfig.set(config, found);
  }
  return found;
}
