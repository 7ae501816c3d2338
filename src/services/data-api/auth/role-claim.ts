/** The path to the role in a token's claims (jwt-role-claim-key): `.a."b c"[0]`, and filters of lists like `.roles[?(@ == "x")]`. */
import { LRUCache } from 'lru-cache';

type Step =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'filter'; readonly operator: string; readonly text: string };

const STEP =
  /\.(?:"((?:[^"\\]|\\.)*)"|([\w$@-]+))|\[(\d+)\]|\[\?\(@\s*(==|!=|\^==|==\^|\*==)\s*"((?:[^"\\]|\\.)*)"\)\]/y;
const paths = new LRUCache<string, readonly Step[]>({ max: 16 });

/** Undefined when the path is none. */
export function parseRoleClaim(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  for (let at = 0; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (!match) return undefined;
    const [, quoted, plain, index, operator, text] = match;
    if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else if (operator !== undefined) steps.push({ kind: 'filter', operator, text: text ?? '' });
    else steps.push({ kind: 'key', name: quoted ?? plain ?? '' });
  }
  return steps;
}

export function roleOf(claims: unknown, path: string): string | undefined {
  const steps = paths.get(path) ?? parseRoleClaim(path) ?? [];
  paths.set(path, steps);
  const value = steps.reduce<unknown>(follow, claims);
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function follow(value: unknown, step: Step): unknown {
  if (step.kind === 'key')
    return typeof value === 'object' && value !== null && Object.hasOwn(value, step.name)
      ? (value as Record<string, unknown>)[step.name]
      : undefined;
  if (!Array.isArray(value)) return undefined;
  if (step.kind === 'index') return value[step.index];
  return value.find((each) => typeof each === 'string' && fits(each, step.operator, step.text));
}

function fits(value: string, operator: string, text: string): boolean {
  if (operator === '==') return value === text;
  if (operator === '!=') return value !== text;
  if (operator === '^==') return value.startsWith(text);
  return operator === '==^' ? value.endsWith(text) : value.includes(text);
}
