/** GET, HEAD and POST of a function. */
import type { RawResult } from '#kernel/postgres/database.ts';
import type { ApiResponse } from '../api.ts';
import { findRoutine, planArguments } from '../plan/call.ts';
import { neededColumns } from '../plan/mutation.ts';
import { negotiate } from '../plan/negotiate.ts';
import { planRead } from '../plan/read.ts';
import { decodeMediaType } from '../request/media-type.ts';
import { readBody } from '../request/payload.ts';
import { preferenceApplied } from '../request/preferences.ts';
import { ApiError } from '../respond/api-error.ts';
import { answer, contentRange, type Header, withHeaders } from '../respond/headers.ts';
import { planText, readResult } from '../respond/result.ts';
import type { Routine } from '../schema-cache/types.ts';
import { callStatements, explain, SOURCE } from '../sql/statement.ts';
import type { Context } from './context.ts';
import { checkAffected, limitsAffected, rollsBack } from './mutate.ts';
import { checkSingular, countKind, planAnswer, readAnswer, totalOf } from './read.ts';

const isVoid = ({ returns }: Routine) =>
  returns.type.kind === 'scalar' && returns.type.name.name === 'void' && returns.type.name.schema === 'pg_catalog';

export async function handleCall(context: Context, schema: string, name: string): Promise<ApiResponse> {
  const { cache, config, query, range, preferences, request, execute } = context;
  const type = decodeMediaType(request.headers['content-type'] ?? 'application/json');
  const isPost = request.method === 'POST';
  const body = isPost ? readBody(request.body, type, query.columns, true) : undefined;
  const call = { cache, schema, name, query, body, contentType: type };
  const routine = findRoutine(call);
  const relation = routine.returns.type.kind === 'composite' ? routine.returns.type.name : undefined;
  const negotiated = negotiate({
    cache,
    accepts: context.accepts,
    relation,
    routine,
    query,
    planEnabled: config.dbPlanEnabled,
  });
  if (limitsAffected(preferences) && !routine.returns.set)
    throw new ApiError(
      400,
      'PGRST128',
      'Function must return SETOF or TABLE when max-affected preference is used with handling=strict',
    );
  const read = planRead(relation ?? routine, {
    cache,
    config,
    schema,
    query,
    range,
    source: SOURCE,
    isMutation: false,
  });
  const returning = neededForFilters(read, query.filters.length + query.logic.length + query.order.length);
  const planned = { routine, arguments: planArguments(routine, call), returning };
  const { main } = callStatements(planned, read, negotiated.rendering, countKind(context));
  const work = {
    readOnly: !isPost || routine.volatility !== 'volatile',
    rollback: isPost && rollsBack(context),
    routine,
    timezone: preferences.timezone,
  };
  const bodiless = request.method === 'HEAD';
  if (negotiated.type.kind === 'plan') {
    const [result] = await execute({
      ...work,
      statements: [explain(main, negotiated.type.format, negotiated.type.options)],
    });
    return planAnswer(negotiated.type, planText(result!), bodiless);
  }
  const check = (results: readonly RawResult[]) => {
    const set = readResult(results[0]!);
    checkSingular(negotiated.type, set);
    checkAffected(preferences, set);
  };
  const needsCheck = negotiated.type.kind === 'singular' || limitsAffected(preferences);
  const [result] = await execute({ ...work, statements: [main], check: needsCheck ? check : undefined });
  const set = readResult(result!);
  const total = totalOf(context, set, preferences.count === 'planned' ? set.total : undefined);
  if (isVoid(routine)) {
    const applied = preferenceApplied(preferences, 'count', 'tx', 'handling', 'timezone', 'maxAffected');
    const own: (Header | undefined)[] = [
      contentRange(range.offset, range.offset + set.rows - 1, total),
      applied === undefined ? undefined : ['Preference-Applied', applied],
    ];
    return answer(set.status ?? 204, withHeaders(set.headers, own), Buffer.alloc(0), bodiless);
  }
  return readAnswer(context, { name: `rpc/${name}`, set, total, type: negotiated.type, bodiless, isCall: true });
}

/** Filters and orders may name any column of the result, so that then all are needed. */
function neededForFilters(read: Parameters<typeof neededColumns>[0], conditions: number): readonly string[] {
  return conditions > 0 ? ['*'] : neededColumns(read, []);
}
