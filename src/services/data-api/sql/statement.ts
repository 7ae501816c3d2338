/** The one statement of a request: rows in a CTE, and around it count, body and what the functions asked of the response. */
import type { Statement } from '#kernel/postgres/database.ts';
import type { Rendering } from '../plan/negotiate.ts';
import type { Call, Mutation, ReadNode } from '../plan/types.ts';
import { countQuery, readQuery } from './read.ts';
import { literal, Parameters, qualified } from './text.ts';
import { callQuery, isScalar, mutationQuery } from './write.ts';

/** What stands for the rows of a mutation or call. */
export const SOURCE = { schema: '', name: 'pgrst_source' } as const;

const ASKED_OF_RESPONSE = `nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status`;

function jsonBody(rendering: Rendering, call: Call | undefined): string {
  const scalar = call !== undefined && isScalar(call);
  const row = scalar ? '_postgrest_t.pgrst_scalar' : '_postgrest_t';
  const list = `json_agg(${row})`;
  switch (rendering.kind) {
    case 'none':
      return "''::text";
    case 'singular':
      return `coalesce((${list}->0)::text, 'null')`;
    case 'singular-stripped':
      return `coalesce((json_strip_nulls(${list}->0))::text, 'null')`;
    case 'stripped':
      return isOne(call)
        ? `coalesce(json_strip_nulls(${list}->0)::text, 'null')`
        : `coalesce(json_strip_nulls(${list}), '[]')::text`;
    case 'csv':
      return CSV;
    case 'geojson':
      return "json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(ST_AsGeoJSON(_postgrest_t)::json), '[]'))::text";
    case 'raw':
      return isOne(call) ? '(array_agg(_postgrest_t.pgrst_scalar))[1]' : "string_agg(_postgrest_t.pgrst_scalar, '')";
    case 'aggregate': {
      const typed = rendering.relation ? `::${qualified(rendering.relation)}` : '';
      return `${qualified(rendering.function)}(${scalar ? row : `_postgrest_t${typed}`})`;
    }
    default:
      return isOne(call) ? `coalesce((${list}->0)::text, 'null')` : `coalesce(${list}, '[]')::text`;
  }
}

const isOne = (call: Call | undefined) => call !== undefined && !call.routine.returns.set;

/** The header from the first row's keys, so that no rows make an empty text. */
const CSV = `(SELECT coalesce(string_agg(a.k, ','), '') FROM (SELECT json_object_keys(r)::text AS k FROM (SELECT row_to_json(hh) AS r FROM pgrst_source AS hh LIMIT 1) s) a) || E'\\n' || coalesce(string_agg(substring(_postgrest_t::text, 2, length(_postgrest_t::text) - 2), E'\\n'), '')`;

export interface ReadStatements {
  readonly main: Statement;
  /** The statement whose plan estimates the count. */
  readonly count?: Statement;
}

export type CountKind = 'none' | 'exact' | 'planned' | { readonly kind: 'estimated'; readonly most?: number };

export function readStatements(node: ReadNode, rendering: Rendering, count: CountKind): ReadStatements {
  const parameters = new Parameters();
  const rows = readQuery(node, parameters);
  const counted = counting(count, () => countQuery(node, parameters));
  const text = `WITH pgrst_source AS (${rows})${counted.cte} SELECT ${counted.total} AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, ${jsonBody(rendering, undefined)} AS body, ${ASKED_OF_RESPONSE} FROM (SELECT * FROM pgrst_source) _postgrest_t`;
  return { main: { text, values: parameters.values }, count: explained(node, count) };
}

function counting(count: CountKind, query: () => string): { cte: string; total: string } {
  if (count === 'none' || count === 'planned') return { cte: '', total: 'null::bigint' };
  const limit = typeof count === 'object' && count.most !== undefined ? ` LIMIT ${count.most + 1}` : '';
  return {
    cte: `, pgrst_source_count AS (${query()}${limit})`,
    total: '(SELECT pg_catalog.count(*) FROM pgrst_source_count)',
  };
}

function explained(node: ReadNode, count: CountKind): Statement | undefined {
  if (count === 'none' || count === 'exact') return undefined;
  const parameters = new Parameters();
  const text = `EXPLAIN (FORMAT JSON) ${countQuery(node, parameters)}`;
  return { text, values: parameters.values };
}

export function mutationStatement(
  mutation: Mutation,
  read: ReadNode,
  rendering: Rendering,
  location: boolean,
): Statement {
  const parameters = new Parameters();
  const source = mutationQuery(mutation, parameters);
  const rows = rendering.kind === 'none' ? 'SELECT * FROM pgrst_source' : readQuery(read, parameters);
  const key = location && mutation.kind === 'insert' ? locationOf(mutation.primaryKey) : 'null::text';
  const text = `WITH pgrst_source AS (${source}) SELECT null::bigint AS total_result_set, pg_catalog.count(_postgrest_t) AS page_total, ${jsonBody(rendering, undefined)} AS body, ${ASKED_OF_RESPONSE}, ${key} AS location, nullif(current_setting('pgrst.inserted', true), '') AS inserted FROM (${rows}) _postgrest_t`;
  return { text, values: parameters.values };
}

/** The new row's address as JSON pairs: of one row that has a primary key, since several have no address. */
function locationOf(primaryKey: readonly string[]): string {
  if (primaryKey.length === 0) return 'null::text';
  const names = primaryKey.map(literal).join(', ');
  return `CASE WHEN pg_catalog.count(_postgrest_t) = 1 THEN (WITH data AS (SELECT row_to_json(_) AS row FROM pgrst_source AS _ LIMIT 1) SELECT json_agg(json_build_array(pair.key, coalesce('eq.' || pair.value, 'is.null')))::text FROM data CROSS JOIN json_each_text(data.row) AS pair WHERE pair.key IN (${names})) END`;
}

export function callStatements(call: Call, read: ReadNode, rendering: Rendering, count: CountKind): ReadStatements {
  const parameters = new Parameters();
  const source = callQuery(call, parameters);
  const rows = readQuery(read, parameters);
  const counted = counting(typeof count === 'object' ? 'exact' : count, () => countQuery(read, parameters));
  const page = isScalar(call) && !call.routine.returns.set ? '1::bigint' : 'pg_catalog.count(_postgrest_t)';
  const text = `WITH pgrst_source AS (${source})${counted.cte} SELECT ${counted.total} AS total_result_set, ${page} AS page_total, ${jsonBody(rendering, call)} AS body, ${ASKED_OF_RESPONSE} FROM (${rows}) _postgrest_t`;
  return { main: { text, values: parameters.values } };
}

/** The statement's plan instead of its result. */
export function explain(statement: Statement, format: 'text' | 'json', options: readonly string[]): Statement {
  const all = [...options.map((option) => option.toUpperCase()), `FORMAT ${format.toUpperCase()}`];
  return { ...statement, text: `EXPLAIN (${all.join(', ')}) ${statement.text}` };
}
