import type { ApiRequest } from '../api.ts';
import type { Requester } from '../auth/verify-token.ts';
import type { DataApiConfig } from '../config.ts';
import type { MediaType } from '../request/media-type.ts';
import type { Preferences } from '../request/preferences.ts';
import type { QueryParameters, Range } from '../request/types.ts';
import type { SchemaCache } from '../schema-cache/types.ts';
import type { Execute } from './execute.ts';
import type { Asked } from './understand.ts';

/** One request, understood as far as it can be without looking at its resource. */
export interface Context {
  readonly request: ApiRequest;
  readonly config: DataApiConfig;
  readonly cache: SchemaCache;
  readonly requester: Requester;
  readonly schema: string;
  readonly asked: Asked;
  /** With placeholders for values; `planOf` gives the whole. */
  readonly query: QueryParameters;
  readonly range: Range;
  readonly preferences: Preferences;
  readonly accepts: readonly MediaType[];
  readonly execute: Execute;
}
