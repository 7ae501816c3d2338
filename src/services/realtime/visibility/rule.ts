/** What the policies of a table come to for one role, and the verdict on a row for each account. Pure. */
import type { PolicyFacts, TableFacts } from '../changes/catalogue.ts';
import { type Expression, readExpression } from './expression.ts';

/** The rule for one role: an expression, what of the row it needs, and in which order. */
export interface Rule {
  readonly expression: Expression;
  /** Columns that are compared with the account's id. */
  readonly uidColumns: readonly string[];
  /** SQL that Postgres evaluates on the row. */
  readonly rowConditions: readonly string[];
}

/** Values of one row: texts of `uidColumns` and answers to `rowConditions`, in their order. */
export interface RowFacts {
  readonly uids: readonly (string | null)[];
  readonly answers: readonly (boolean | null)[];
}

/** `ask`: what is certain does not decide it, Postgres has to be asked. */
export type Answer = boolean | 'ask';

/** Who may see the row: accounts named in `named` as it says, all other accounts by `others`, whoever has no account by `nobody`. */
export interface Verdict {
  readonly named: ReadonlyMap<string, Answer>;
  readonly others: Answer;
  readonly nobody: Answer;
}

/**
 * Undefined when the policies are not certain to mean what they seem to. One of several permissive policies may be uncertain ("or is an
 * admin"): whom another one lets see the row sees it, and only about the rest has to be asked.
 */
export function ruleOf(table: TableFacts, role: string): Rule | undefined {
  const facts = table.roles.get(role);
  if (!facts?.restricted || !facts.mayAsk || !table.knownFunctions) return undefined;
  const mine = table.policies.filter(({ oid }) => facts.policies.has(oid));
  const permissive = mine
    .filter((policy) => policy.permissive)
    .map((policy) => expressionOf(policy, table) ?? ({ kind: 'unread' } as const));
  const restrictive = mine.filter((policy) => !policy.permissive).map((policy) => expressionOf(policy, table));
  if (!restrictive.every((part) => part !== undefined)) return undefined;
  if (permissive.length > 0 && permissive.every(({ kind }) => kind === 'unread')) return undefined;
  const may: Expression =
    permissive.length === 0 ? { kind: 'constant', value: false } : { kind: 'or', parts: permissive };
  const expression: Expression = { kind: 'and', parts: [may, ...restrictive] };
  const leaves = [...leavesOf(expression)];
  return {
    expression,
    uidColumns: [...new Set(leaves.flatMap((leaf) => (leaf.kind === 'uid' ? [leaf.column] : [])))],
    rowConditions: [...new Set(leaves.flatMap((leaf) => (leaf.kind === 'row' ? [leaf.sql] : [])))],
  };
}

function expressionOf({ condition }: PolicyFacts, table: TableFacts): Expression | undefined {
  return condition === null ? { kind: 'constant', value: true } : readExpression(condition, table.columns);
}

function* leavesOf(expression: Expression): Generator<Expression> {
  if (expression.kind === 'and' || expression.kind === 'or') for (const part of expression.parts) yield* leavesOf(part);
  else if (expression.kind === 'not') yield* leavesOf(expression.part);
  else yield expression;
}

/** Three-valued, as in SQL; what is not known is not visible. */
export function verdictOn(rule: Rule, role: string, row: RowFacts): Verdict {
  const judge = (uid: string | null): Answer => holds(rule.expression, { rule, role, row, uid }) ?? false;
  const named = new Map<string, Answer>();
  for (const uid of row.uids) if (uid !== null && !named.has(uid)) named.set(uid, judge(uid));
  // The empty text is nobody's id.
  return { named, others: judge(''), nobody: judge(null) };
}

interface Case {
  readonly rule: Rule;
  readonly role: string;
  readonly row: RowFacts;
  readonly uid: string | null;
}

function holds(expression: Expression, each: Case): Answer | null {
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'unread':
      return 'ask';
    case 'role':
      return expression.role === each.role;
    case 'row':
      return each.row.answers[each.rule.rowConditions.indexOf(expression.sql)] ?? null;
    case 'uid': {
      const value = each.row.uids[each.rule.uidColumns.indexOf(expression.column)] ?? null;
      return value === null || each.uid === null ? null : value === each.uid;
    }
    case 'not': {
      const value = holds(expression.part, each);
      return typeof value === 'boolean' ? !value : value;
    }
    case 'and':
    case 'or':
      return holdTogether(
        expression.parts.map((part) => holds(part, each)),
        expression.kind === 'or',
      );
  }
}

/** One decisive value decides (true of "or", false of "and"). Of "and" a null does too: it cannot become true any more. */
function holdTogether(values: readonly (Answer | null)[], decisive: boolean): Answer | null {
  if (values.includes(decisive)) return decisive;
  const order = decisive ? (['ask', null] as const) : ([null, 'ask'] as const);
  for (const value of order) if (values.includes(value)) return value;
  return !decisive;
}
