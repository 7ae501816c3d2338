/** POST, PUT, PATCH and DELETE of a table or view. */
import type { RawResult } from '#kernel/postgres/database.ts';
import type { ApiResponse } from '../api.ts';
import { planMutation, tableOrRefusal } from '../plan/mutation.ts';
import { negotiate } from '../plan/negotiate.ts';
import { planRead } from '../plan/read.ts';
import { contentType, decodeMediaType, type MediaType } from '../request/media-type.ts';
import { type Body, readBody } from '../request/payload.ts';
import { type Preferences, preferenceApplied } from '../request/preferences.ts';
import type { QueryParameters } from '../request/types.ts';
import { ApiError } from '../respond/api-error.ts';
import { answer, contentRange, type Header, locationOf, withHeaders } from '../respond/headers.ts';
import { planText, type ResultSet, readResult } from '../respond/result.ts';
import { mostSimilar } from '../respond/similar-names.ts';
import type { Table } from '../schema-cache/types.ts';
import { explain, mutationStatement, SOURCE } from '../sql/statement.ts';
import type { Context } from './context.ts';
import { checkSingular, planAnswer } from './read.ts';
import { type Planned, planOf } from './understand.ts';

type MutationMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface PlannedMutation extends Planned {
  readonly table: Table;
  readonly type: MediaType;
}

function planTable(
  context: Context,
  method: MutationMethod,
  name: string,
  query: QueryParameters,
  body: Body | undefined,
): PlannedMutation {
  const { cache, config, schema, range, preferences } = context;
  const table = tableOrRefusal(cache, schema, name, mostSimilar);
  const read = planRead(table, { cache, config, schema, query, range, source: SOURCE, isMutation: true });
  const mutation = planMutation(method, { cache, table, query, preferences, body, range, read });
  const { type, rendering } = negotiate({
    cache,
    accepts: context.accepts,
    relation: table,
    routine: undefined,
    query,
    planEnabled: config.dbPlanEnabled,
  });
  const shown = preferences.return === 'representation' ? rendering : ({ kind: 'none' } as const);
  const statement = mutationStatement(mutation, read, shown, preferences.return === 'headers-only');
  const statements = [type.kind === 'plan' ? explain(statement, type.format, type.options) : statement];
  return { table, type, statements };
}

export async function handleMutation(context: Context, method: MutationMethod, name: string): Promise<ApiResponse> {
  const { preferences, request, execute } = context;
  const given = method === 'DELETE' ? undefined : bodyOf(context);
  const { table, type, statements } = planOf(context.asked, request, given, (query, body) =>
    planTable(context, method, name, query, body),
  );
  const work = { readOnly: false, rollback: rollsBack(context), timezone: preferences.timezone, statements };
  if (type.kind === 'plan') {
    const [result] = await execute(work);
    return planAnswer(type, planText(result!), false);
  }
  const check = (results: readonly RawResult[]) => {
    const set = readResult(results[0]!);
    if (method === 'PUT' && set.rows !== 1)
      throw new ApiError(400, 'PGRST115', 'Payload values do not match URL in primary key column(s)');
    checkSingular(type, set);
    if (method === 'PATCH' || method === 'DELETE') checkAffected(preferences, set);
  };
  const needsCheck = method === 'PUT' || type.kind === 'singular' || limitsAffected(preferences);
  const [result] = await execute(needsCheck ? { ...work, check } : work);
  const set = readResult(result!);
  const [status, headers] = outcome(method, context, table, set);
  const represented = preferences.return === 'representation';
  const typed: Header[] = represented ? [['Content-Type', contentType(type)]] : [];
  return answer(set.status ?? status, withHeaders(set.headers, [...headers, ...typed]), set.body);
}

function bodyOf({ request, query }: Context): Body {
  const type = decodeMediaType(request.headers['content-type'] ?? 'application/json');
  return readBody(request.body, type, query.columns, false);
}

/** Whether the transaction is undone in the end, as configured or as the client prefers. */
export function rollsBack({ config, preferences }: Context): boolean {
  if (preferences.tx) return preferences.tx === 'rollback';
  return config.dbTxEnd.startsWith('rollback');
}

export const limitsAffected = (preferences: Preferences) =>
  preferences.handling === 'strict' && preferences.maxAffected !== undefined;

export function checkAffected(preferences: Preferences, { rows }: ResultSet): void {
  if (!limitsAffected(preferences) || rows <= (preferences.maxAffected as number)) return;
  throw new ApiError(400, 'PGRST124', 'Query result exceeds max-affected preference constraint', {
    details: `The query affects ${rows} rows`,
  });
}

type Outcome = readonly [status: number, headers: readonly (Header | undefined)[]];

function outcome(method: MutationMethod, context: Context, table: Table, set: ResultSet): Outcome {
  const { preferences, query } = context;
  const represented = preferences.return === 'representation';
  const total = preferences.count ? set.rows : undefined;
  const applied = (...names: Parameters<typeof preferenceApplied>[1][]): Header | undefined => {
    const value = preferenceApplied(preferences, ...names);
    return value === undefined ? undefined : ['Preference-Applied', value];
  };
  const inserted = set.inserted === undefined || set.inserted > 0;
  switch (method) {
    case 'POST': {
      const merges = preferences.resolution === 'merge-duplicates' && set.inserted !== undefined;
      const resolvable = table.primaryKey.length > 0 || query.onConflict !== undefined;
      const location = preferences.return === 'headers-only' ? locationOf(table.name, set.location) : undefined;
      const prefer = applied(
        ...(resolvable ? (['resolution'] as const) : []),
        'missing',
        'return',
        'count',
        'tx',
        'handling',
        'timezone',
      );
      return [merges && !inserted ? 200 : 201, [location, contentRange(1, 0, total), prefer]];
    }
    case 'PUT': {
      const prefer = applied('return', 'count', 'tx', 'handling', 'timezone');
      return [inserted ? 201 : represented ? 200 : 204, [prefer]];
    }
    case 'PATCH': {
      const prefer = applied('missing', 'return', 'count', 'tx', 'handling', 'timezone', 'maxAffected');
      return [represented ? 200 : 204, [contentRange(0, set.rows - 1, total), prefer]];
    }
    case 'DELETE': {
      const prefer = applied('return', 'count', 'tx', 'handling', 'timezone', 'maxAffected');
      return [represented ? 200 : 204, [contentRange(1, 0, total), prefer]];
    }
  }
}
