/** What a request comes to once it has been matched with the schema cache; sql/ turns it into text without further decisions. */

import type { Aggregate, JoinType, JsonStep, OperatorExpression, Range } from '../request/types.ts';
import type { QualifiedName, Relationship, Routine } from '../schema-cache/types.ts';

/** A column or JSON path with what is known of its type. */
export interface Target {
  readonly name: string;
  readonly path: readonly JsonStep[];
  /** Empty when the column is not known: computed columns, functions' results. */
  readonly type: string;
  /** Function that renders the column, or that reads a filter's value. */
  readonly representation?: string;
}

export interface SelectedField {
  readonly target: Target;
  readonly aggregate?: Aggregate;
  readonly aggregateCast?: string;
  readonly cast?: string;
  readonly alias?: string;
}

export type Condition =
  | { readonly kind: 'filter'; readonly target: Target; readonly expression: OperatorExpression }
  | { readonly kind: 'embed'; readonly negated: boolean; readonly alias: string }
  | {
      readonly kind: 'logic';
      readonly negated: boolean;
      readonly operator: 'and' | 'or';
      readonly of: readonly Condition[];
    };

export interface Ordering {
  /** Alias of the embedded relation, for `relation(field)`. */
  readonly relation?: string;
  readonly target: Target;
  readonly direction?: 'asc' | 'desc';
  readonly nulls?: 'nullsfirst' | 'nullslast';
}

/** One relation of a read, the embedded ones below it. Built in place while planning, then left alone. */
export interface ReadNode {
  /** As the cache knows it. */
  readonly table: QualifiedName;
  /** What is read: the table, or the CTE of a mutation or call. */
  readonly from: QualifiedName;
  /** Alias in FROM; only self joins need one. */
  readonly fromAlias?: string;
  /** As written in select. */
  readonly name: string;
  readonly alias?: string;
  readonly hint?: string;
  readonly join?: JoinType;
  readonly spread: boolean;
  readonly depth: number;
  readonly relationship?: Relationship;
  /** Alias of the lateral join in the parent. */
  readonly joinAlias: string;
  select: SelectedField[];
  where: Condition[];
  order: Ordering[];
  range: Range;
  children: ReadNode[];
}

export interface BodyColumn {
  readonly name: string;
  /** In the record that JSON is read into. */
  readonly type: string;
  readonly default: string | null;
  /** Function that reads the JSON value. */
  readonly representation?: string;
}

/** A JSON document, handed to Postgres unparsed. */
export interface Payload {
  readonly text: string | Buffer;
  readonly isObject: boolean;
}

export type Mutation =
  | {
      readonly kind: 'insert';
      readonly table: QualifiedName;
      readonly columns: readonly BodyColumn[];
      readonly payload: Payload;
      readonly applyDefaults: boolean;
      readonly conflict?: { readonly columns: readonly string[]; readonly resolution: 'merge' | 'ignore' };
      /** PUT: the row must be the one the URL names. */
      readonly matches: readonly Condition[];
      readonly returning: readonly string[];
      readonly primaryKey: readonly string[];
    }
  | {
      readonly kind: 'update';
      readonly table: QualifiedName;
      readonly columns: readonly BodyColumn[];
      readonly payload: Payload;
      readonly applyDefaults: boolean;
      readonly where: readonly Condition[];
      readonly returning: readonly string[];
    }
  | {
      readonly kind: 'delete';
      readonly table: QualifiedName;
      readonly where: readonly Condition[];
      readonly returning: readonly string[];
    };

export type Arguments =
  | { readonly kind: 'none' }
  | { readonly kind: 'unnamed'; readonly type: string; readonly value: Buffer | string | null }
  /** From the query string or a form; a list for a variadic parameter. */
  | { readonly kind: 'direct'; readonly values: readonly (readonly [string, string | readonly string[], boolean])[] }
  | {
      readonly kind: 'json';
      readonly payload: Payload;
      readonly parameters: readonly (readonly [string, string, boolean])[];
    };

export interface Call {
  readonly routine: Routine;
  readonly arguments: Arguments;
  /** Columns of the result that the read needs; `*` for all. */
  readonly returning: readonly string[];
}
