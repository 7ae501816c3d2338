/** Random requests: some well formed, most nearly so, some garbage, many of them meaning harm. */
import fc from 'fast-check';
import * as words from './vocabulary.ts';

export interface WildRequest {
  readonly method: string;
  /** Percent-encoded, with the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signedIn: boolean;
}

type Text = fc.Arbitrary<string>;

const harm = fc.constantFrom(...words.HARM);
const relation = often(fc.constantFrom(...words.RELATIONS), harm);
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words.VALUES) },
  { weight: 2, arbitrary: harm },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.integer().map(String) },
);
const operation = joined(
  fc.constantFrom('', '', '', 'not.', 'not.not.'),
  fc.constantFrom(...words.OPERATORS),
  often(fc.constant('.'), fc.constantFrom('', '..')),
  value,
);

/** The query's parameters on a relation with these columns. */
function parametersOn(columns: readonly string[]) {
  const column = often(fc.constantFrom(...columns), often(fc.constantFrom(...words.COLUMNS), harm));
  const path = fc.oneof(
    { weight: 8, arbitrary: column },
    {
      weight: 1,
      arbitrary: joined(column, fc.constantFrom('->', '->>'), often(fc.constantFrom('mirror', '0', '-1'), harm)),
    },
    { weight: 1, arbitrary: column.map((name) => `"${name}"`) },
  );
  const { select, tree } = trees(path);
  const order = joined(path, fc.constantFrom('', '.asc', '.desc', '.nullsfirst', '.desc.nullslast', '.x', '(name)'));
  const limit = fc.constantFrom('0', '1', '2', '-1', '9999999999999999999', 'x', '');
  const parameter = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(path, operation) },
    { weight: 4, arbitrary: fc.tuple(fc.constant('select'), select) },
    { weight: 2, arbitrary: tree.map((text): [string, string] => cut(text, text.indexOf('('))) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom('order', 'telescopes.order'), order) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('limit', 'offset', 'telescopes.limit'), limit) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('columns', 'on_conflict'), listed(column)) },
    { weight: 1, arbitrary: fc.tuple(joined(relation, fc.constant('.'), path), operation) },
    { weight: 1, arbitrary: fc.tuple(value, value) },
  );
  return fc.array(parameter, { maxLength: 3 });
}

function trees(path: Text) {
  const hint = fc.constantFrom('', '', '', '!inner', '!left', '!transfers_from', '!x!inner', '!!');
  return fc.letrec<{ select: string; item: string; tree: string; leaf: string }>((tie) => ({
    select: listed(tie('item')),
    item: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: path },
      { weight: 2, arbitrary: fc.constantFrom(...words.AGGREGATES) },
      { weight: 1, arbitrary: joined(path, fc.constant('::'), fc.constantFrom(...words.CASTS)) },
      { weight: 1, arbitrary: joined(value, fc.constant(':'), path) },
      {
        weight: 3,
        arbitrary: joined(
          fc.constantFrom('', '', '...', 'x:'),
          relation,
          hint,
          fc.constant('('),
          tie('select'),
          fc.constant(')'),
        ),
      },
    ),
    tree: joined(fc.constantFrom('', 'not.'), fc.constantFrom('and(', 'or('), listed(tie('leaf')), fc.constant(')')),
    leaf: fc.oneof({ depthSize: 'small' }, joined(path, fc.constant('.'), operation), tie('tree')),
  }));
}

/** What is asked for, with parameters that suit it. */
const resource: fc.Arbitrary<readonly [string, [string, string][]]> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(...Object.entries(words.SHOWN))
      .chain(([name, columns]) => fc.tuple(fc.constant(name), parametersOn(columns))),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(
      often(fc.constantFrom(...words.ROUTINES), harm).map((name) => `rpc/${encoded(name)}`),
      parametersOn(['a', 'b', 'name', 'numbers', 'n', 't', 'id']),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(relation.map(encoded), parametersOn(words.COLUMNS)) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom(
        '',
        'rpc',
        'rpc/',
        'a/b',
        '%',
        '%zz',
        '%00',
        '%ff',
        '..%2f..%2fsecrets',
        'observatories/',
        '/observatories',
      ),
      parametersOn(['id']),
    ),
  },
);

const anyColumn = often(fc.constantFrom('a', 'b', 'name', ...Object.values(words.SHOWN).flat()), harm);
const record = fc.dictionary(anyColumn, fc.oneof(value, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 4 });
const body = fc.oneof(
  { weight: 4, arbitrary: fc.array(record, { maxLength: 3 }).map((rows) => JSON.stringify(rows)) },
  { weight: 4, arbitrary: record.map((row) => JSON.stringify(row)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((any) => JSON.stringify(any)) },
  { weight: 1, arbitrary: fc.array(listed(value), { maxLength: 3 }).map((lines) => lines.join('\n')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);

const headers = fc.record(
  {
    accept: often(fc.constant('*/*'), fc.constantFrom(...words.TYPES)),
    'content-type': often(fc.constant('application/json'), fc.constantFrom(...words.TYPES)),
    prefer: fc.subarray(words.PREFERENCES, { maxLength: 3 }).map((all) => all.join(', ')),
    range: often(fc.constant('0-9'), fc.constantFrom('1-0', '-1', '5-', '0-9999999999999999999', 'x', 'items=0-1')),
    'accept-profile': often(fc.constant('sky'), fc.constantFrom('vault', 'pg_catalog', 'sky"', '')),
    'content-profile': often(fc.constant('sky'), fc.constantFrom('vault', 'public', "sky'")),
    cookie: fc.constantFrom('a=b', `a='; select vault.trip(); --`, '=;;'),
    'x-any': fc.constantFrom(`'`, '{"a"', 'é'),
  },
  { requiredKeys: [] },
);

/** Where to spoil what was well formed, as a share of its length, and with what. */
const spoiling = fc.option(
  fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.oneof(harm, fc.constantFrom('%', '%00', '%f', '&', '=', '(', ')', ',', '.', ':', '"', '+')),
  ),
  { freq: 4, nil: null },
);

export const wildRequest: fc.Arbitrary<WildRequest> = fc
  .record({
    method: fc.constantFrom(...words.METHODS),
    resource,
    spoil: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: spoiling }),
    headers,
    body,
    signedIn: fc.boolean(),
  })
  .map(({ method, resource: [name, query], spoil, headers: given, body: content, signedIn }) => {
    const well = query.map(([key, text]) => `${encoded(key)}=${encoded(text)}`).join('&');
    const [before, after] = cut(well, Math.floor((spoil?.[0] ?? 0) * well.length));
    const spoilt = spoil ? before + printable(spoil[1]) + after : well;
    const withBody = !['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
    const target = `/${name}${spoilt ? `?${spoilt}` : ''}`;
    return { method, target, headers: given, body: withBody ? content : undefined, signedIn };
  });

/** Mostly the first, now and then the second. */
function often(usual: Text, rare: Text): Text {
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

function joined(...parts: Text[]): Text {
  return fc.tuple(...parts).map((texts) => texts.join(''));
}

function listed(item: Text): Text {
  return fc.array(item, { minLength: 0, maxLength: 3 }).map((items) => items.join(','));
}

function cut(text: string, at: number): [string, string] {
  return [text.slice(0, at), text.slice(at)];
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');
}

/** What a request line may hold, the rest percent-encoded. */
function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/gu, (sign) => encodeURIComponent(sign.toWellFormed()));
}
