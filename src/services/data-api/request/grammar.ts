/** The grammar of the query string. Names and labels follow PostgREST's QueryParams, since error texts are made of them. */
import {
  attempt,
  between,
  bind,
  char,
  choice,
  eof,
  label,
  lazy,
  left,
  lookAhead,
  many,
  many1Of,
  manyOf,
  map,
  notFollowedBy,
  optional,
  type Parser,
  pure,
  right,
  satisfy,
  separated,
  separated1,
  sequence,
  string,
} from './parser.ts';
import type {
  Aggregate,
  EmbedPath,
  Field,
  Filter,
  IsValue,
  JoinType,
  JsonStep,
  LogicTree,
  Operation,
  OperatorExpression,
  OrderTerm,
  QuantOperator,
  SelectItem,
  SimpleOperator,
} from './types.ts';

/** Deepest nesting of embeds and logic: beyond it lies nothing but attempts to exhaust the stack. */
export const MAX_DEPTH = 100;

const isLetter = (c: string) => (c < '\x80' ? /[A-Za-z]/.test(c) : /\p{L}/u.test(c));
const isIdentifierChar = (c: string) => /[0-9_ $]/.test(c) || isLetter(c);
const ws = manyOf((c) => c === ' ' || c === '\t');
const lexeme = <T>(parser: Parser<T>): Parser<T> => between(ws, ws, parser);
const word = <T extends string>(text: T): Parser<T> => attempt(string(text)) as Parser<T>;

const delimiter = label(char('.'), 'delimiter (.)');
const identifier = map(many1Of(isIdentifierChar, 'letter', 'digit'), (text) => text.trim());
const quotedValue: Parser<string> = map(
  between(
    char('"'),
    char('"'),
    many(
      choice(
        satisfy((c) => c !== '\\' && c !== '"'),
        right(
          char('\\'),
          satisfy(() => true),
        ),
      ),
    ),
  ),
  (chars) => chars.join(''),
);
const dash = attempt(left(char('-'), notFollowedBy(char('>'))));
const byDash = (part: Parser<string>) => map(separated1(part, dash), (parts) => parts.join('-'));
const fieldName = label(choice(quotedValue, byDash(identifier)), 'field name (* or [a..z0..9_$])');
const aliasSeparator = right(char(':'), notFollowedBy(char(':')));

const jsonKeyName = label(
  choice(
    quotedValue,
    byDash(
      map(
        many1Of((c) => !'(-:.,>)'.includes(c)),
        (text) => text.trim(),
      ),
    ),
  ),
  'any non reserved character different from: .,>()',
);
const ahead = (...texts: string[]) =>
  choice<unknown>(...texts.map((text) => attempt(lookAhead(string(text)))), attempt(eof));
const jsonIndex = map(
  sequence<[string | undefined, string, unknown]>(
    optional(char('-')),
    many1Of((c) => /[0-9]/.test(c), 'digit'),
    ahead('->', '::', '.', ',', ')'),
  ),
  ([sign, digits]) => ({ index: `${sign ?? ''}${digits}` }),
);
const jsonArrow = choice<'->' | '->>'>(word('->>'), word('->'));
const jsonPath: Parser<JsonStep[]> = many(
  map(
    sequence<['->' | '->>', { index: string } | { key: string }]>(
      jsonArrow,
      choice<{ index: string } | { key: string }>(attempt(jsonIndex), attempt(map(jsonKeyName, (key) => ({ key })))),
    ),
    ([arrow, operand]): JsonStep => ({ arrow, ...operand }),
  ),
);
const field: Parser<Field> = lexeme(
  map(sequence<[string, JsonStep[]]>(fieldName, jsonPath), ([name, path]) => ({ name, path })),
);

// select

const aggregate = choice<Aggregate>(word('sum'), word('avg'), word('max'), word('min'), word('count'));
const cast = right(string('::'), identifier);
const selectEnd = ahead(')', ',');
const alias = optional(attempt(left(fieldName, aliasSeparator)));

const fieldSelect: Parser<SelectItem> = lexeme(
  choice<SelectItem>(
    attempt(map(left(string('*'), selectEnd), (): SelectItem => ({ kind: 'field', field: { name: '*', path: [] } }))),
    attempt(
      map(
        sequence<[string | undefined, string, string | undefined, unknown]>(
          alias,
          string('count()'),
          optional(cast),
          selectEnd,
        ),
        ([name, , aggregateCast]): SelectItem => ({
          kind: 'field',
          field: { name: '*', path: [] },
          aggregate: 'count',
          alias: name,
          aggregateCast,
        }),
      ),
    ),
    map(
      sequence<[string | undefined, Field, string | undefined, Aggregate | undefined, string | undefined, unknown]>(
        alias,
        field,
        optional(cast),
        optional(attempt(between(char('.'), string('()'), aggregate))),
        optional(cast),
        selectEnd,
      ),
      ([name, selected, type, aggregated, aggregateCast]): SelectItem => ({
        kind: 'field',
        field: selected,
        cast: type,
        aggregate: aggregated,
        aggregateCast,
        alias: name,
      }),
    ),
  ),
);

type EmbedParameter = { join: JoinType } | { hint: string };
const embedParameter = right(
  char('!'),
  choice<EmbedParameter>(
    map(word('left'), () => ({ join: 'left' }) as const),
    map(word('inner'), () => ({ join: 'inner' }) as const),
    map(fieldName, (hint) => ({ hint })),
  ),
);
const embedParameters = map(
  sequence<[EmbedParameter | undefined, EmbedParameter | undefined]>(
    optional(embedParameter),
    optional(embedParameter),
  ),
  (found) => Object.assign({}, ...found.toReversed().filter(Boolean)) as { join?: JoinType; hint?: string },
);
const open = attempt(lookAhead(string('(')));
const children = between(
  char('('),
  char(')'),
  lazy(() => selectForest),
);
const relationSelect = lexeme(
  map(
    sequence<[string | undefined, string, { join?: JoinType; hint?: string }, unknown]>(
      alias,
      bind(fieldName, (name): Parser<string> => (name === 'count' ? string('\0') : pure(name))),
      embedParameters,
      open,
    ),
    ([name, relation, parameters]) => ({ kind: 'relation' as const, alias: name, relation, ...parameters }),
  ),
);
const spreadSelect = lexeme(
  map(
    sequence<[string, string, { join?: JoinType; hint?: string }, unknown]>(
      string('...'),
      fieldName,
      embedParameters,
      open,
    ),
    ([, relation, parameters]) => ({ kind: 'spread' as const, relation, ...parameters }),
  ),
);
const withChildren = <T extends object>(parser: Parser<T>) =>
  attempt(
    map(
      sequence<[T, SelectItem[]]>(parser, children),
      ([item, select]) => ({ ...item, select }) as unknown as SelectItem,
    ),
  );
const selectItem: Parser<SelectItem> = choice(withChildren(spreadSelect), withChildren(relationSelect), fieldSelect);
const selectForest: Parser<SelectItem[]> = separated(selectItem, lexeme(char(',')));

/** The whole of `select`. */
export const select = left(selectForest, eof);

// filters

const singleValue = manyOf(() => true);
const listElement = choice(
  attempt(left(quotedValue, notFollowedBy(satisfy((c) => !',)'.includes(c))))),
  manyOf((c) => !',)'.includes(c)),
);
const listValue = between(lexeme(char('(')), lexeme(char(')')), separated1(listElement, char(',')));
const caseless = (text: string): Parser<string> =>
  map(
    sequence<string[]>(
      ...Array.from(text, (c) =>
        c === '_'
          ? char(c)
          : label(
              satisfy((each) => each.toLowerCase() === c),
              `"${c}"`,
            ),
      ),
    ),
    () => text,
  );
const isValue = label(
  choice(...['null', 'not_null', 'true', 'false', 'unknown'].map((text) => attempt(caseless(text)))),
  'isVal: (null, not_null, true, false, unknown)',
) as Parser<IsValue>;
const simpleOperator = choice<SimpleOperator>(
  ...(['neq', 'cs', 'cd', 'ov', 'sl', 'sr', 'nxr', 'nxl', 'adj'] as const).map((text) => word(text)),
);
const quantOperator = choice<QuantOperator>(
  ...(['eq', 'gte', 'gt', 'lte', 'lt', 'like', 'ilike', 'match', 'imatch'] as const).map((text) => word(text)),
);
const ftsOperator = choice(...(['fts', 'plfts', 'phfts', 'wfts'] as const).map((text) => word(text)));
const language = optional(attempt(between(char('('), char(')'), many1Of(isIdentifierChar, 'letter', 'digit'))));

/** `[not.]operator.value`; the value's own grammar differs inside logic trees. */
export function operatorExpression(value: Parser<string>): Parser<OperatorExpression> {
  const operation: Parser<Operation> = label(
    choice<Operation>(
      map(right(attempt(left(string('in'), delimiter)), listValue), (values) => ({ kind: 'in', values })),
      map(right(attempt(left(string('is'), delimiter)), isValue), (is) => ({ kind: 'is', value: is })),
      map(right(attempt(left(string('isdistinct'), delimiter)), value), (text) => ({
        kind: 'isdistinct',
        value: text,
      })),
      attempt(
        map(
          sequence<['fts' | 'plfts' | 'phfts' | 'wfts', string | undefined, unknown, string]>(
            ftsOperator,
            language,
            delimiter,
            value,
          ),
          ([operator, config, , text]) => ({ kind: 'fts', operator, language: config, value: text }),
        ),
      ),
      attempt(
        map(sequence<[SimpleOperator, unknown, string]>(simpleOperator, delimiter, value), ([operator, , text]) => ({
          kind: 'simple',
          operator,
          value: text,
        })),
      ),
      attempt(
        map(
          sequence<[QuantOperator, 'any' | 'all' | undefined, unknown, string]>(
            quantOperator,
            optional(attempt(between(char('('), char(')'), choice<'any' | 'all'>(word('any'), word('all'))))),
            delimiter,
            value,
          ),
          ([operator, quantifier, , text]) => ({ kind: 'quant', operator, quantifier, value: text }),
        ),
      ),
    ),
    'operator (eq, gt, ...)',
  );
  const negation = choice<boolean>(
    map(attempt(left(string('not'), delimiter)), () => true),
    pure(false),
  );
  return map(sequence<[boolean, Operation]>(negation, operation), ([negated, parsed]) => ({
    negated,
    operation: parsed,
  }));
}

export const filterValue = operatorExpression(singleValue);

// logic

const arrayLiteral = map(
  sequence<[string, string, string]>(
    string('{'),
    manyOf((c) => !'{}'.includes(c)),
    string('}'),
  ),
  (parts) => parts.join(''),
);
const logicValue = choice(
  attempt(left(quotedValue, notFollowedBy(satisfy((c) => !',)'.includes(c))))),
  attempt(arrayLiteral),
  manyOf((c) => !',)'.includes(c)),
);
const logicFilter: Parser<Filter> = map(
  sequence<[Field, unknown, OperatorExpression]>(field, delimiter, operatorExpression(logicValue)),
  ([on, , expression]) => ({ field: on, expression }),
);
const logicNot = label(
  choice<boolean>(
    map(attempt(left(string('not'), delimiter)), () => true),
    pure(false),
  ),
  'negation operator (not)',
);
const logicOperator = label(
  choice<'and' | 'or'>(word('and'), string('or') as Parser<'or'>),
  'logic operator (and, or)',
);
export const logicTree: Parser<LogicTree> = choice<LogicTree>(
  map(attempt(logicFilter), (filter) => ({ kind: 'filter', filter })),
  map(
    sequence<[boolean, 'and' | 'or', LogicTree[]]>(
      logicNot,
      logicOperator,
      between(
        lexeme(char('(')),
        lexeme(char(')')),
        separated1(
          lazy(() => logicTree),
          lexeme(char(',')),
        ),
      ),
    ),
    ([negated, operator, of]) => ({ kind: 'logic', negated, operator, of }),
  ),
);

// paths, order, columns

/** `relation.relation.column->path`. */
export const treePath: Parser<readonly [EmbedPath, Field]> = map(
  sequence<[string[], JsonStep[]]>(separated1(fieldName, delimiter), jsonPath),
  ([names, path]) => [names.slice(0, -1), { name: names.at(-1) as string, path }],
);
export const logicPath: Parser<readonly [EmbedPath, string]> = map(separated1(fieldName, delimiter), (names) => {
  const operator = names.at(-1) as string;
  const path = names.slice(0, -1).filter((name) => name !== 'not');
  return [path, names.includes('not') ? `not.${operator}` : operator];
});
export const columns = separated1(fieldName, lexeme(char(',')));

const orderEnd = choice<unknown>(attempt(lookAhead(char(','))), attempt(eof));
const after = <T extends string>(text: T) => attempt(right(delimiter, string(text))) as Parser<T>;
const direction = optional(choice<'asc' | 'desc'>(after('asc'), after('desc')));
const nulls = choice<'nullsfirst' | 'nullslast' | undefined>(
  left(optional(choice<'nullsfirst' | 'nullslast'>(after('nullsfirst'), after('nullslast'))), orderEnd),
  map(orderEnd, () => undefined),
);
type Ordering = [Field, 'asc' | 'desc' | undefined, 'nullsfirst' | 'nullslast' | undefined];
const orderTerm = map(
  sequence<Ordering>(field, direction, nulls),
  ([by, towards, where]): OrderTerm => ({ field: by, direction: towards, nulls: where }),
);
const relatedOrderTerm = map(
  sequence<[string, ...Ordering]>(fieldName, between(char('('), char(')'), field), direction, nulls),
  ([relation, by, towards, where]): OrderTerm => ({ relation, field: by, direction: towards, nulls: where }),
);
export const order = separated1(lexeme(choice(attempt(relatedOrderTerm), orderTerm)), char(','));
