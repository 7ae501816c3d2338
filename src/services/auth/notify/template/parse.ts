/**
 * Templates of mails as projects have them for GoTrue: Go's template language, as far as mails use it (output, if/else if/else, range,
 * with, variables, pipelines, functions, trim marks, comments). Source: pkg.go.dev/text/template.
 */

export class TemplateError extends Error {}

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  /** `.a.b` of the dot, `$x.a` of a variable (`$` is the root), `(...).a` of a pipeline. */
  | {
      readonly kind: 'field';
      readonly of: 'dot' | Expression | { readonly variable: string };
      readonly path: readonly string[];
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] };

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly value: Expression }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Expression }
  | {
      readonly kind: 'if' | 'with';
      readonly value: Expression;
      readonly inner: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: 'range';
      readonly variables: readonly string[];
      readonly value: Expression;
      readonly inner: readonly Node[];
      readonly otherwise: readonly Node[];
    };

type Part = { readonly text: string } | { readonly action: string };

/** The template's nodes. Throws TemplateError with what is wrong. */
export function parseTemplate(source: string): Node[] {
  const parts = split(source);
  let at = 0;
  const block = (inside: string | undefined): { nodes: Node[]; ended: string } => {
    const nodes: Node[] = [];
    while (at < parts.length) {
      const part = parts[at++]!;
      if ('text' in part) {
        if (part.text !== '') nodes.push({ kind: 'text', text: part.text });
        continue;
      }
      const [word = '', rest = ''] = part.action.split(/\s+(.*)/s);
      if (word === 'end' || word === 'else') {
        if (inside === undefined) throw new TemplateError(`{{${word}}} without a block`);
        return { nodes, ended: part.action };
      }
      if (word === 'if' || word === 'with' || word === 'range') nodes.push(branch(word, rest));
      else if (['template', 'define', 'block', 'break', 'continue'].includes(word))
        throw new TemplateError(`{{${word}}} is not known here`);
      else nodes.push(simple(part.action));
    }
    if (inside !== undefined) throw new TemplateError(`{{${inside}}} has no {{end}}`);
    return { nodes, ended: '' };
  };
  const branch = (kind: 'if' | 'with' | 'range', head: string): Node => {
    const inner = block(kind);
    const otherwise = inner.ended === 'end' ? [] : alternative(kind, inner.ended);
    if (kind !== 'range') return { kind, value: parsePipeline(head), inner: inner.nodes, otherwise };
    const [, names = '', pipeline = head] = /^((?:\$\w+\s*,\s*)?\$\w+)\s*:=\s*(.*)$/s.exec(head) ?? [];
    const variables = names === '' ? [] : names.split(/\s*,\s*/);
    return { kind, variables, value: parsePipeline(pipeline), inner: inner.nodes, otherwise };
  };
  const alternative = (kind: string, head: string): Node[] => {
    const [, next, value = ''] = /^else\s+(if|with)\s+(.*)$/s.exec(head) ?? [];
    if (next) return [branch(next as 'if' | 'with', value)];
    if (head !== 'else') throw new TemplateError(`{{${head}}} is not known here`);
    const { nodes, ended } = block(kind);
    if (ended !== 'end') throw new TemplateError(`{{${kind}}} has no {{end}}`);
    return nodes;
  };
  return block(undefined).nodes;
}

function simple(action: string): Node {
  const [, name, value = ''] = /^(\$\w+)\s*:?=\s*(.*)$/s.exec(action) ?? [];
  return name
    ? { kind: 'assign', name, value: parsePipeline(value) }
    : { kind: 'output', value: parsePipeline(action) };
}

/** Text and actions in turn; `{{-` and `-}}` take the white space beside them away. */
function split(source: string): Part[] {
  const parts: Part[] = [];
  let rest = 0;
  let trim = false;
  for (const match of source.matchAll(
    /\{\{(-\s)?\s*(\/\*[\s\S]*?\*\/|(?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`])*?)\s*(\s-)?\}\}/g,
  )) {
    const text = source.slice(rest, match.index);
    const left = trim ? text.trimStart() : text;
    parts.push({ text: match[1] ? left.trimEnd() : left });
    const action = match[2]!.trim();
    if (!action.startsWith('/*')) parts.push({ action });
    trim = match[3] !== undefined;
    rest = match.index + match[0].length;
  }
  const last = source.slice(rest);
  if (last.includes('{{')) throw new TemplateError('an action is not closed with }}');
  parts.push({ text: trim ? last.trimStart() : last });
  return parts;
}

const TOKEN = /\s*(?:("(?:\\.|[^"\\])*"|`[^`]*`)|(-?\d+(?:\.\d+)?)|(\$?\w*(?:\.\w+)+|\$\w*|\.)|(\w+)|([()|,]))/y;

/** `a b | c d`: what is left of the bar is the last argument of what is right of it. */
export function parsePipeline(source: string): Expression {
  const tokens = tokensOf(source);
  let at = 0;
  const operand = (): Expression | undefined => {
    const token = tokens[at];
    if (token === undefined || token === ')' || token === '|') return undefined;
    at++;
    if (token !== '(') return atom(token);
    const inner = pipeline();
    if (tokens[at++] !== ')') throw new TemplateError(`( is not closed in {{${source}}}`);
    const path = tokens[at];
    if (path === undefined || !/^(\.\w+)+$/.test(path) || !tokens.adjacent.has(at)) return inner;
    at++;
    return { kind: 'field', of: inner, path: path.slice(1).split('.') };
  };
  const command = (piped: Expression | undefined): Expression => {
    const first = operand();
    if (!first) throw new TemplateError(`a value is missing in {{${source}}}`);
    const args: Expression[] = [];
    for (let next = operand(); next; next = operand()) args.push(next);
    if (piped) args.push(piped);
    if (first.kind === 'call') return { ...first, args };
    if (args.length > 0) throw new TemplateError(`{{${source}}} gives arguments to what is no function`);
    return first;
  };
  const pipeline = (): Expression => {
    let value = command(undefined);
    while (tokens[at] === '|') {
      at++;
      value = command(value);
    }
    return value;
  };
  const whole = pipeline();
  if (at < tokens.length) throw new TemplateError(`{{${source}}} cannot be read after ${tokens[at]}`);
  return whole;
}

/** `adjacent`: indexes of tokens with no space before them. */
function tokensOf(source: string): string[] & { adjacent: Set<number> } {
  const tokens = Object.assign([] as string[], { adjacent: new Set<number>() });
  const pattern = new RegExp(TOKEN);
  while (source.slice(pattern.lastIndex).trim() !== '') {
    const from = pattern.lastIndex;
    const match = pattern.exec(source);
    if (!match) throw new TemplateError(`{{${source}}} cannot be read at ${source.slice(from).trim()}`);
    const token = match.slice(1).find((group) => group !== undefined)!;
    if (match[0] === token) tokens.adjacent.add(tokens.length);
    tokens.push(token);
  }
  return tokens;
}

function atom(token: string): Expression {
  if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) };
  if (token.startsWith('"')) return { kind: 'literal', value: unquoted(token) };
  if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
  if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
  if (token === 'nil') return { kind: 'literal', value: null };
  if (token === '.') return { kind: 'field', of: 'dot', path: [] };
  const [head = '', ...path] = token.split('.');
  if (head.startsWith('$')) return { kind: 'field', of: { variable: head }, path };
  if (head === '') return { kind: 'field', of: 'dot', path };
  if (path.length > 0) throw new TemplateError(`${token} is neither a field nor a function`);
  return { kind: 'call', name: head, args: [] };
}

function unquoted(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw new TemplateError(`${token} cannot be read`);
  }
}
