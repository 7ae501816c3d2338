/** What the data API knows of a database: read by load.ts, used by the planner and by OpenAPI. Immutable; a reload makes a new one. */

/** A schema and a name in it. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** Key of a map by qualified name. */
export function keyOf({ schema, name }: QualifiedName): string {
  return `${schema}\0${name}`;
}

export interface Column {
  readonly name: string;
  readonly description: string | null;
  readonly nullable: boolean;
  /** Type without modifiers; for a domain over a built-in type, that type. */
  readonly type: string;
  /** Type as declared, e.g. `character varying(5)` or the domain's name. */
  readonly nominalType: string;
  readonly maxLength: number | null;
  /** Expression; of an identity column, its nextval. */
  readonly default: string | null;
  /** Labels when the type is an enum. */
  readonly enum: readonly string[];
}

export interface Table extends QualifiedName {
  readonly description: string | null;
  readonly isView: boolean;
  readonly insertable: boolean;
  readonly updatable: boolean;
  readonly deletable: boolean;
  /** Names of the primary key's columns in the order of the key; of a view, where all of them are in it. */
  readonly primaryKey: readonly string[];
  /** In the order of the table. */
  readonly columns: ReadonlyMap<string, Column>;
}

export interface Parameter {
  readonly name: string;
  /** e.g. `integer`. */
  readonly type: string;
  /** With modifiers that json_to_record respects: `character` and `bit` become `character varying` and `bit varying`. */
  readonly typeMaxLength: string;
  readonly required: boolean;
  readonly variadic: boolean;
}

export type ReturnType = {
  readonly set: boolean;
  /** `alias`: a domain over a composite type. */
  readonly type:
    | { readonly kind: 'scalar'; readonly name: QualifiedName }
    | { readonly kind: 'composite'; readonly name: QualifiedName; readonly alias: boolean };
};

export interface Routine extends QualifiedName {
  readonly description: string | null;
  readonly parameters: readonly Parameter[];
  readonly returns: ReturnType;
  readonly volatility: 'volatile' | 'stable' | 'immutable';
  readonly hasVariadic: boolean;
  readonly isolation: 'read committed' | 'repeatable read' | 'serializable' | null;
  /** Settings attached to the function that are hoisted to the transaction. */
  readonly settings: readonly (readonly [string, string])[];
}

export interface Junction {
  readonly table: QualifiedName;
  readonly constraint1: string;
  readonly constraint2: string;
  /** [column of the source, column of the junction] */
  readonly source: readonly (readonly [string, string])[];
  /** [column of the target, column of the junction] */
  readonly target: readonly (readonly [string, string])[];
}

export type Cardinality =
  | {
      readonly kind: 'M2O' | 'O2M';
      readonly constraint: string;
      readonly columns: readonly (readonly [string, string])[];
    }
  | {
      readonly kind: 'O2O';
      readonly constraint: string;
      readonly columns: readonly (readonly [string, string])[];
      /** The referenced side, which is to say the key is in the foreign table. */
      readonly isParent: boolean;
    }
  | { readonly kind: 'M2M'; readonly junction: Junction };

/** How one table, view or row type relates to another. `columns` pairs [column here, column there]. */
export type Relationship =
  | {
      readonly kind: 'key';
      readonly table: QualifiedName;
      readonly foreignTable: QualifiedName;
      readonly isSelf: boolean;
      readonly cardinality: Cardinality;
      readonly tableIsView: boolean;
      readonly foreignTableIsView: boolean;
    }
  | {
      readonly kind: 'computed';
      readonly function: QualifiedName;
      readonly table: QualifiedName;
      readonly foreignTable: QualifiedName;
      readonly isSelf: boolean;
      readonly toOne: boolean;
      /** The row type of the argument, which may be a parent's. */
      readonly tableAlias: QualifiedName;
    };

/** A cast by function between a domain and a plain type, which translates values at the edge of the API. */
export interface Representation {
  readonly source: string;
  readonly target: string;
  /** Qualified and quoted. */
  readonly function: string;
}

/** An aggregate or function that renders a relation as a media type. */
export interface MediaHandler {
  readonly function: QualifiedName;
  /** Media type as the domain is named, `any` being the media type of everything. */
  readonly mediaType: string;
  /** What the aggregate takes: a relation, or `null` for anyelement. */
  readonly relation: QualifiedName | null;
  /** Domain the function returns, quoted; decides the cast. */
  readonly resultIsAny: boolean;
}

export interface SchemaCache {
  readonly tables: ReadonlyMap<string, Table>;
  /** By source table and target schema: `keyOf(table) + '\0' + schema of the target`. */
  readonly relationships: ReadonlyMap<string, readonly Relationship[]>;
  /** Overloads, by `keyOf`. */
  readonly routines: ReadonlyMap<string, readonly Routine[]>;
  /** By `source\0target`. */
  readonly representations: ReadonlyMap<string, Representation>;
  /** By media type and then by the key of the relation, or `*` for anyelement, or the key of the function that returns it. */
  readonly mediaHandlers: ReadonlyMap<string, MediaHandler>;
  readonly timezones: ReadonlySet<string>;
  /** Comments on the exposed schemas. */
  readonly schemaDescriptions: ReadonlyMap<string, string>;
  /** Settings of the roles, lower-cased names, that are in effect for a session of the role. */
  readonly roleSettings: ReadonlyMap<string, readonly (readonly [string, string])[]>;
  readonly roleIsolation: ReadonlyMap<string, 'read committed' | 'repeatable read' | 'serializable'>;
  readonly serverVersion: number;
}
