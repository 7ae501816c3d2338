import { FUNCTIONS, isTrue, member, shown } from './functions.ts';
import { HtmlContext } from './html-context.ts';
import { type Expression, type Node, parseTemplate, TemplateError } from './parse.ts';

export type TemplateData = Readonly<Record<string, unknown>>;

interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
}

interface Output {
  literal(text: string): string;
  escape(value: string): string;
}

/** A loop over a user's own metadata ends somewhere. */
const MOST_CHARACTERS = 1_000_000;
const PLAIN: Output = { literal: (text) => text, escape: (value) => value };

/** The template filled in, values escaped for HTML. Throws TemplateError. */
export function renderHtml(source: string, data: TemplateData): string {
  return render(source, data, new HtmlContext());
}

/** The template filled in, values as they are: subjects and text messages. Throws TemplateError. */
export function renderText(source: string, data: TemplateData): string {
  return render(source, data, PLAIN);
}

function render(source: string, data: TemplateData, output: Output): string {
  let text = '';
  const write = (nodes: readonly Node[], scope: Scope): void => {
    for (const node of nodes) {
      if (node.kind === 'text') text += output.literal(node.text);
      else if (node.kind === 'output') text += output.escape(shown(evaluate(node.value, scope)));
      else if (node.kind === 'assign') scope.variables.set(node.name, evaluate(node.value, scope));
      else if (node.kind === 'range') loop(node, scope);
      else choose(node, scope);
      if (text.length > MOST_CHARACTERS) throw new TemplateError('the text becomes too long');
    }
  };
  const choose = (node: Extract<Node, { kind: 'if' | 'with' }>, scope: Scope): void => {
    const value = evaluate(node.value, scope);
    const holds = isTrue(value);
    write(holds ? node.inner : node.otherwise, holds && node.kind === 'with' ? { ...scope, dot: value } : scope);
  };
  const loop = (node: Extract<Node, { kind: 'range' }>, scope: Scope): void => {
    const entries = entriesOf(evaluate(node.value, scope));
    if (entries.length === 0) write(node.otherwise, scope);
    for (const [key, value] of entries) {
      const variables = new Map(scope.variables);
      const [first, second] = node.variables;
      if (second !== undefined) variables.set(first!, key).set(second, value);
      else if (first !== undefined) variables.set(first, value);
      write(node.inner, { dot: value, variables });
    }
  };
  write(parseTemplate(source), { dot: data, variables: new Map([['$', data]]) });
  return text;
}

function evaluate(expression: Expression, scope: Scope): unknown {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'call') return call(expression.name, expression.args, scope);
  const { of, path } = expression;
  return path.reduce<unknown>((value, name) => member(value, name), base(of, scope));
}

function base(of: Extract<Expression, { kind: 'field' }>['of'], scope: Scope): unknown {
  if (of === 'dot') return scope.dot;
  if ('kind' in of) return evaluate(of, scope);
  if (!scope.variables.has(of.variable)) throw new TemplateError(`${of.variable} is not known`);
  return scope.variables.get(of.variable);
}

function call(name: string, args: readonly Expression[], scope: Scope): unknown {
  if (name === 'and' || name === 'or') {
    let value: unknown;
    for (const arg of args) {
      value = evaluate(arg, scope);
      if (isTrue(value) === (name === 'or')) break;
    }
    return value;
  }
  const known = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!known) throw new TemplateError(`there is no function ${name}`);
  return known(...args.map((arg) => evaluate(arg, scope)));
}

/** Maps by their sorted keys, as Go does. */
function entriesOf(value: unknown): [unknown, unknown][] {
  if (Array.isArray(value)) return value.map((each, index) => [index, each]);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
