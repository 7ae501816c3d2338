/** A request's query after parsing, before anything is known of the database. */

export type JsonStep =
  | { readonly arrow: '->' | '->>'; readonly key: string }
  | { readonly arrow: '->' | '->>'; readonly index: string };

export interface Field {
  readonly name: string;
  readonly path: readonly JsonStep[];
}

export type Aggregate = 'sum' | 'avg' | 'max' | 'min' | 'count';
export type JoinType = 'inner' | 'left';

export type SelectItem =
  | {
      readonly kind: 'field';
      readonly field: Field;
      readonly aggregate?: Aggregate;
      readonly aggregateCast?: string;
      readonly cast?: string;
      readonly alias?: string;
    }
  | {
      readonly kind: 'relation' | 'spread';
      readonly relation: string;
      readonly alias?: string;
      readonly hint?: string;
      readonly join?: JoinType;
      readonly select: readonly SelectItem[];
    };

export type SimpleOperator = 'neq' | 'cs' | 'cd' | 'ov' | 'sl' | 'sr' | 'nxr' | 'nxl' | 'adj';
export type QuantOperator = 'eq' | 'gte' | 'gt' | 'lte' | 'lt' | 'like' | 'ilike' | 'match' | 'imatch';
export type FtsOperator = 'fts' | 'plfts' | 'phfts' | 'wfts';
export type IsValue = 'null' | 'not_null' | 'true' | 'false' | 'unknown';

export type Operation =
  | { readonly kind: 'simple'; readonly operator: SimpleOperator; readonly value: string }
  | {
      readonly kind: 'quant';
      readonly operator: QuantOperator;
      readonly quantifier?: 'any' | 'all';
      readonly value: string;
    }
  | { readonly kind: 'in'; readonly values: readonly string[] }
  | { readonly kind: 'is'; readonly value: IsValue }
  | { readonly kind: 'isdistinct'; readonly value: string }
  | { readonly kind: 'fts'; readonly operator: FtsOperator; readonly language?: string; readonly value: string };

export interface OperatorExpression {
  readonly negated: boolean;
  readonly operation: Operation;
}

export interface Filter {
  readonly field: Field;
  readonly expression: OperatorExpression;
}

export type LogicTree =
  | { readonly kind: 'filter'; readonly filter: Filter }
  | {
      readonly kind: 'logic';
      readonly negated: boolean;
      readonly operator: 'and' | 'or';
      readonly of: readonly LogicTree[];
    };

export interface OrderTerm {
  /** Set for `relation(field)`. */
  readonly relation?: string;
  readonly field: Field;
  readonly direction?: 'asc' | 'desc';
  readonly nulls?: 'nullsfirst' | 'nullslast';
}

/** Rows from `offset` on, at most `limit` of them. */
export interface Range {
  readonly offset: number;
  readonly limit?: number;
}

export type EmbedPath = readonly string[];
export type AtPath<T> = readonly [path: EmbedPath, value: T];

export interface QueryParameters {
  readonly select: readonly SelectItem[];
  readonly filters: readonly AtPath<Filter>[];
  readonly logic: readonly AtPath<LogicTree>[];
  readonly order: readonly AtPath<readonly OrderTerm[]>[];
  readonly ranges: readonly AtPath<{ readonly limit?: number; readonly offset?: number }>[];
  readonly columns?: readonly string[];
  readonly onConflict?: readonly string[];
  /** Those that may be arguments of a function: on GET, the ones that are no filters. */
  readonly parameters: readonly (readonly [string, string])[];
  /** Sorted, for Content-Location. */
  readonly canonical: string;
  /** Names of the root's filters, which PUT compares with the key. */
  readonly filterFields: ReadonlySet<string>;
}
