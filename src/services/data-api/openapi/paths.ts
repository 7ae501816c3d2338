import type { Parameter as Argument, Routine, Table } from '../schema-cache/types.ts';
import { parameterReference, rowFilterName } from './parameters.ts';
import {
  elementType,
  type Operation,
  type Parameter,
  type PathItem,
  type Schema,
  summaryAndRest,
  swaggerType,
  typeAndItems,
} from './types.ts';

export const OBJECT_TYPES = [
  'application/json',
  'application/vnd.pgrst.object+json;nulls=stripped',
  'application/vnd.pgrst.object+json',
];
const READ_PARAMETERS = ['select', 'order', 'range', 'rangeUnit', 'offset', 'limit', 'preferCount'];

export function pathItems(tables: readonly Table[], routines: readonly Routine[]): Record<string, PathItem> {
  return Object.fromEntries<PathItem>([
    ['/', ROOT],
    ...tables.map((table): [string, PathItem] => [`/${table.name}`, tablePath(table)]),
    ...routines.map((routine): [string, PathItem] => [`/rpc/${routine.name}`, routinePath(routine)]),
  ]);
}

const ROOT: PathItem = {
  get: {
    tags: ['Introspection'],
    summary: 'OpenAPI description (this document)',
    produces: ['application/openapi+json', 'application/json'],
    responses: { 200: { description: 'OK' } },
  },
};

function tablePath(table: Table): PathItem {
  const { name, description } = table;
  const shared = { tags: [name], ...summaryAndRest(description) };
  const filters = [...table.columns.keys()].map((column) => rowFilterName(name, column));
  const operation = (parameters: readonly string[], responses: Operation['responses']): Operation => ({
    ...shared,
    parameters: parameters.map(parameterReference),
    responses,
  });
  const rows: Schema = { items: { $ref: `#/definitions/${name}` }, type: 'array' };
  const get = operation([...filters, ...READ_PARAMETERS], {
    200: { description: 'OK', schema: rows },
    206: { description: 'Partial Content' },
  });
  if (!(table.insertable || table.updatable || table.deletable)) return { get };
  const noContent = { 204: { description: 'No Content' } };
  return {
    get,
    post: operation([`body.${name}`, 'select', 'preferPost'], { 201: { description: 'Created' } }),
    delete: operation([...filters, 'preferReturn'], noContent),
    patch: operation([...filters, `body.${name}`, 'preferReturn'], noContent),
  };
}

function routinePath(routine: Routine): PathItem {
  const shared = {
    tags: [`(rpc) ${routine.name}`],
    ...summaryAndRest(routine.description),
    produces: OBJECT_TYPES,
    responses: { 200: { description: 'OK' } },
  };
  const args: Parameter = { name: 'args', required: true, in: 'body', schema: argumentsSchema(routine) };
  return {
    get: { ...shared, parameters: routine.parameters.map(queryArgument) },
    post: { ...shared, parameters: [args, parameterReference('preferParams')] },
  };
}

function argumentsSchema({ description, parameters }: Routine): Schema {
  const required = parameters.filter((each) => each.required).map(({ name }) => name);
  return {
    description: description ?? undefined,
    required: required.length > 0 ? required : undefined,
    properties: Object.fromEntries(
      parameters.map(({ name, type }) => [name, { format: type, ...typeAndItems(type) } satisfies Schema]),
    ),
    type: 'object',
  };
}

/** In the query an array is written `{a,b}`, hence a string; a variadic argument is repeated. */
function queryArgument({ name, type, required, variadic }: Argument): Parameter {
  if (!variadic) return { name, required, format: type, in: 'query', type: queryType(type) };
  const element = elementType(type);
  const items = { format: element, type: queryType(element) };
  return { name, required, in: 'query', type: 'array', collectionFormat: 'multi', items };
}

/** A parameter in the query must have a type. */
function queryType(type: string): 'string' | Exclude<ReturnType<typeof swaggerType>, 'array' | undefined> {
  const known = swaggerType(type);
  return known === undefined || known === 'array' ? 'string' : known;
}
