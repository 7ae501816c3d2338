/** GET and HEAD of a table or view. */
import type { ApiResponse } from '../api.ts';
import { tableOrRefusal } from '../plan/mutation.ts';
import { negotiate } from '../plan/negotiate.ts';
import { planRead } from '../plan/read.ts';
import { contentType, type MediaType } from '../request/media-type.ts';
import { preferenceApplied } from '../request/preferences.ts';
import type { QueryParameters } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import { answer, contentLocation, contentRange, type Header, withHeaders } from '../respond/headers.ts';
import { plannedRows, planText, type ResultSet, readResult } from '../respond/result.ts';
import { mostSimilar } from '../respond/similar-names.ts';
import { type CountKind, explain, readStatements } from '../sql/statement.ts';
import type { Context } from './context.ts';
import { canonicalOf, type Planned, planOf } from './understand.ts';

export function countKind({ preferences, config }: Context): CountKind {
  const { count } = preferences;
  if (count === 'estimated') return { kind: 'estimated', most: config.dbMaxRows };
  return count ?? 'none';
}

interface PlannedRead extends Planned {
  readonly type: MediaType;
}

function planTable(context: Context, name: string, query: QueryParameters): PlannedRead {
  const { cache, schema, range, config } = context;
  const table = tableOrRefusal(cache, schema, name, mostSimilar);
  const node = planRead(table, { cache, config, schema, query, range, isMutation: false });
  const { type, rendering } = negotiate({
    cache,
    accepts: context.accepts,
    relation: table,
    routine: undefined,
    query,
    planEnabled: config.dbPlanEnabled,
  });
  const { main, count } = readStatements(node, rendering, countKind(context));
  if (type.kind === 'plan') return { type, statements: [explain(main, type.format, type.options)] };
  return { type, statements: count ? [main, count] : [main] };
}

export async function handleRead(context: Context, name: string): Promise<ApiResponse> {
  const { request, preferences, execute } = context;
  const { type, statements } = planOf(context.asked, request, undefined, (query) => planTable(context, name, query));
  const bodiless = request.method === 'HEAD';
  const [result, counted] = await execute({ readOnly: true, timezone: preferences.timezone, statements });
  if (type.kind === 'plan') return planAnswer(type, planText(result!), bodiless);
  const set = readResult(result!);
  checkSingular(type, set);
  const total = totalOf(context, set, counted && plannedRows(counted));
  return readAnswer(context, { name, set, total, type, bodiless });
}

export function planAnswer(type: MediaType, text: Buffer, bodiless: boolean): ApiResponse {
  return answer(200, [['Content-Type', contentType(type)]], text, bodiless);
}

export function checkSingular(type: MediaType, { rows }: ResultSet): void {
  if (type.kind !== 'singular' || rows === 1) return;
  throw new ApiError(406, 'PGRST116', 'Cannot coerce the result to a single JSON object', {
    details: `The result contains ${rows} rows`,
  });
}

/** An estimate counts exactly up to db-max-rows and takes the planner's word beyond. */
export function totalOf(context: Context, set: ResultSet, planned: number | undefined): number | undefined {
  const { count } = context.preferences;
  if (count === 'planned') return planned;
  if (count !== 'estimated' || planned === undefined || set.total === undefined) return set.total;
  const most = context.config.dbMaxRows;
  return most === undefined || set.total > most ? Math.max(planned, set.total) : set.total;
}

export interface ReadOutcome {
  /** The resource as it stands in the path. */
  readonly name: string;
  readonly set: ResultSet;
  readonly total: number | undefined;
  readonly type: MediaType;
  readonly bodiless: boolean;
  /** For rpc, where max-affected counts. */
  readonly isCall?: boolean;
}

export function readAnswer(context: Context, { name, set, total, type, bodiless, isCall }: ReadOutcome): ApiResponse {
  const { range, preferences } = context;
  const lower = range.offset;
  const upper = lower + set.rows - 1;
  const rangeHeader = contentRange(lower, upper, total);
  const isBeyond = total !== undefined && lower > total;
  const status = isBeyond ? 416 : total !== undefined && set.rows < total ? 206 : 200;
  const applied = isCall
    ? preferenceApplied(preferences, 'count', 'tx', 'handling', 'timezone', 'maxAffected')
    : preferenceApplied(preferences, 'count', 'tx', 'handling', 'timezone');
  const own: (Header | undefined)[] = [
    rangeHeader,
    isCall ? undefined : contentLocation(name, canonicalOf(context.asked)),
    ['Content-Type', contentType(type)],
    applied === undefined ? undefined : ['Preference-Applied', applied],
  ];
  const body = isBeyond ? Buffer.from(outOfBounds(lower, total).body()) : set.body;
  return answer(set.status ?? status, withHeaders(set.headers, own), body, bodiless);
}

/** Known only when the rows have been counted: the transaction stands, and the headers are those of an answer. */
function outOfBounds(lower: number, total: number): ApiError {
  return new ApiError(416, 'PGRST103', 'Requested range not satisfiable', {
    details: `An offset of ${lower} was requested, but there are only ${total} rows.`,
  });
}
