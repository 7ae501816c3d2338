/** GET, HEAD and POST of a function. */
import type { RawResult } from '#kernel/postgres/database.ts';
import type { ApiResponse } from '../api.ts';
import { type CallContext, findRoutine, planArguments } from '../plan/call.ts';
import { neededColumns } from '../plan/mutation.ts';
import { negotiate } from '../plan/negotiate.ts';
import { planRead } from '../plan/read.ts';
import { decodeMediaType, type MediaType } from '../request/media-type.ts';
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
import { type Planned, planOf } from './understand.ts';

const isVoid = ({ returns }: Routine) =>
  returns.type.kind === 'scalar' && returns.type.name.name === 'void' && returns.type.name.schema === 'pg_catalog';

interface PlannedCall extends Planned {
  readonly routine: Routine;
  readonly type: MediaType;
}

function planRoutine(context: Context, call: CallContext): PlannedCall {
  const { cache, config, schema, range, preferences } = context;
  const { query } = call;
  const routine = findRoutine(call);
  const relation = routine.returns.type.kind === 'composite' ? routine.returns.type.name : undefined;
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
  const { type, rendering } = negotiate({
    cache,
    accepts: context.accepts,
    relation,
    routine,
    query,
    planEnabled: config.dbPlanEnabled,
  });
  const returning = neededForFilters(read, query.filters.length + query.logic.length + query.order.length);
  const planned = { routine, arguments: planArguments(routine, call), returning };
  const { main } = callStatements(planned, read, rendering, countKind(context));
  return { routine, type, statements: [type.kind === 'plan' ? explain(main, type.format, type.options) : main] };
}

export async function handleCall(context: Context, schema: string, name: string): Promise<ApiResponse> {
  const { cache, range, preferences, request, execute } = context;
  const contentType = decodeMediaType(request.headers['content-type'] ?? 'application/json');
  const isPost = request.method === 'POST';
  const given = isPost ? readBody(request.body, contentType, context.query.columns, true) : undefined;
  const { routine, type, statements } = planOf(context.asked, request, given, (query, body) =>
    planRoutine(context, { cache, schema, name, query, body, contentType }),
  );
  const work = {
    readOnly: !isPost || routine.volatility !== 'volatile',
    rollback: isPost && rollsBack(context),
    routine,
    timezone: preferences.timezone,
    statements,
  };
  const bodiless = request.method === 'HEAD';
  if (type.kind === 'plan') {
    const [result] = await execute(work);
    return planAnswer(type, planText(result!), bodiless);
  }
  const check = (results: readonly RawResult[]) => {
    const set = readResult(results[0]!);
    checkSingular(type, set);
    checkAffected(preferences, set);
  };
  const needsCheck = type.kind === 'singular' || limitsAffected(preferences);
  const [result] = await execute(needsCheck ? { ...work, check } : work);
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
  return readAnswer(context, { name: `rpc/${name}`, set, total, type, bodiless, isCall: true });
}

/** Filters and orders may name any column of the result, so that then all are needed. */
function neededForFilters(read: Parameters<typeof neededColumns>[0], conditions: number): readonly string[] {
  return conditions > 0 ? ['*'] : neededColumns(read, []);
}
