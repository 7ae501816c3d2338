/** Which relationship an embedding means. Rules and texts follow PostgREST's findRel. */
import { ApiError } from '../respond/api-error.ts';
import { mostSimilar, similarNames } from '../respond/similar-names.ts';
import { keyOf, type QualifiedName, type Relationship, type SchemaCache } from '../schema-cache/types.ts';

type KeyRelationship = Extract<Relationship, { kind: 'key' }>;

/**
 * The one relationship from `origin` to `target` in the schema. Throws PGRST200 when there is none and PGRST201 when there
 * are several.
 */
export function findRelationship(
  cache: SchemaCache,
  schema: string,
  origin: QualifiedName,
  target: string,
  hint: string | undefined,
): Relationship {
  const all = cache.relationships.get(`${keyOf(origin)}\0${schema}`) ?? [];
  const computed = all.filter((each) => each.kind === 'computed' && each.function.name === target);
  const found =
    computed.length > 0 ? computed : all.filter((each) => each.kind === 'key' && matches(each, target, hint));
  const [first] = found;
  if (!first) throw noRelationship(cache, schema, origin, target, hint, all);
  if (found.length > 1) throw ambiguous(origin, target, found as KeyRelationship[]);
  return first;
}

function matches(relationship: KeyRelationship, target: string, hint: string | undefined): boolean {
  return relationship.isSelf ? matchesSelf(relationship, target, hint) : matchesOther(relationship, target, hint);
}

const columnsOf = ({ cardinality }: KeyRelationship) => (cardinality.kind === 'M2M' ? [] : cardinality.columns);
const isOwnColumn = (relationship: KeyRelationship, name: string) =>
  columnsOf(relationship).length === 1 && columnsOf(relationship)[0]?.[0] === name;
const isForeignColumn = (relationship: KeyRelationship, name: string) =>
  columnsOf(relationship).length === 1 && columnsOf(relationship)[0]?.[1] === name;
const isConstraint = ({ cardinality }: KeyRelationship, name: string) =>
  cardinality.kind !== 'M2M' && cardinality.constraint === name;
const isJunction = ({ cardinality }: KeyRelationship, name: string) =>
  cardinality.kind === 'M2M' && cardinality.junction.table.name === name;

/** The table's name means the rows that point here, a column's name the row that it points at. */
function matchesSelf(relationship: KeyRelationship, target: string, hint: string | undefined): boolean {
  const { cardinality, foreignTable } = relationship;
  const pointsHere = cardinality.kind === 'O2M' || (cardinality.kind === 'O2O' && cardinality.isParent);
  const pointsAway = cardinality.kind === 'M2O' || (cardinality.kind === 'O2O' && !cardinality.isParent);
  if (hint === undefined)
    return (pointsHere && target === foreignTable.name) || (pointsAway && isOwnColumn(relationship, target));
  return (
    target === foreignTable.name &&
    ((pointsHere && (isForeignColumn(relationship, hint) || isConstraint(relationship, hint))) ||
      isJunction(relationship, hint))
  );
}

/** Constraints and columns name a table, never a view. */
function matchesOther(relationship: KeyRelationship, target: string, hint: string | undefined): boolean {
  const isName = target === relationship.foreignTable.name;
  if (hint === undefined)
    return (
      isName ||
      (!relationship.foreignTableIsView && (isConstraint(relationship, target) || isOwnColumn(relationship, target)))
    );
  return (
    isName &&
    (isConstraint(relationship, hint) ||
      isOwnColumn(relationship, hint) ||
      isForeignColumn(relationship, hint) ||
      isJunction(relationship, hint))
  );
}

function noRelationship(
  cache: SchemaCache,
  schema: string,
  origin: QualifiedName,
  target: string,
  hint: string | undefined,
  all: readonly Relationship[],
): ApiError {
  const withHint = hint === undefined ? '' : ` using the hint '${hint}'`;
  return new ApiError(
    400,
    'PGRST200',
    `Could not find a relationship between '${origin.name}' and '${target}' in the schema cache`,
    {
      details: `Searched for a foreign key relationship between '${origin.name}' and '${target}'${withHint} in the schema '${schema}', but no matches were found.`,
      hint: relationshipHint(cache, schema, origin, target, all),
    },
  );
}

function relationshipHint(
  cache: SchemaCache,
  schema: string,
  origin: QualifiedName,
  target: string,
  all: readonly Relationship[],
): string | null {
  if (all.length > 0) {
    const child = similarNames(
      all.map((each) => each.foreignTable.name),
      target,
    ).find(({ score }) => score < 1);
    return child ? `Perhaps you meant '${child.name}' instead of '${target}'.` : null;
  }
  const parents = [...cache.relationships.keys()].flatMap((key) => {
    const [, name, foreignSchema] = key.split('\0');
    return foreignSchema === schema && name !== undefined ? [name] : [];
  });
  const parent = mostSimilar(parents, origin.name);
  return parent === undefined ? null : `Perhaps you meant '${parent}' instead of '${origin.name}'.`;
}

function ambiguous(origin: QualifiedName, target: string, found: readonly KeyRelationship[]): ApiError {
  const choices = found.map(({ foreignTable, cardinality }) => {
    const by = cardinality.kind === 'M2M' ? cardinality.junction.table.name : cardinality.constraint;
    return `'${foreignTable.name}!${by}'`;
  });
  return new ApiError(
    300,
    'PGRST201',
    `Could not embed because more than one relationship was found for '${origin.name}' and '${target}'`,
    {
      details: found.map(candidate),
      hint: `Try changing '${target}' to one of the following: ${choices.join(', ')}. Find the desired relationship in the 'details' key.`,
    },
  );
}

const CARDINALITIES = { M2O: 'many-to-one', O2M: 'one-to-many', O2O: 'one-to-one', M2M: 'many-to-many' } as const;

function candidate({ table, foreignTable, cardinality }: KeyRelationship) {
  const list = (columns: readonly string[]) => `(${columns.join(', ')})`;
  const relationship =
    cardinality.kind === 'M2M'
      ? `${cardinality.junction.table.name} using ${cardinality.junction.constraint1}${list(
          cardinality.junction.source.map(([, through]) => through),
        )} and ${cardinality.junction.constraint2}${list(cardinality.junction.target.map(([, through]) => through))}`
      : `${cardinality.constraint} using ${table.name}${list(cardinality.columns.map(([own]) => own))} and ${
          foreignTable.name
        }${list(cardinality.columns.map(([, theirs]) => theirs))}`;
  return {
    cardinality: CARDINALITIES[cardinality.kind],
    embedding: `${table.name} with ${foreignTable.name}`,
    relationship,
  };
}
