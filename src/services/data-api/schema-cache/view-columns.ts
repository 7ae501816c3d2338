/**
 * Which column of a table each column of a view shows, read from the query tree of its rule. Source: PostgreSQL's node output
 * format (outfuncs.c) and `resorigtbl`/`resorigcol` of TARGETENTRY, which see through subqueries and CTEs, but not through views.
 */

type Node = { readonly [field: string]: Value | undefined };
type Value = string | Node | readonly Value[];

/** Tokens of a node tree; a backslash takes the next character as it is. */
const TOKEN = /[(){}]|(?:\\.|[^\s(){}\\])+/gs;

class Reader {
  readonly #tokens: RegExpMatchArray;
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(TOKEN) ?? ([] as unknown as RegExpMatchArray);
  }

  value(): Value {
    const token = this.#tokens[this.#at++];
    if (token === '{') return this.#node();
    if (token === '(') return this.#list();
    return token ?? '';
  }

  #list(): Value[] {
    const values: Value[] = [];
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== ')') values.push(this.value());
    this.#at++;
    return values;
  }

  /** Of a field with several words (a constant's bytes) the last one stays; no field we read has several. */
  #node(): Node {
    const node: Record<string, Value> = { kind: this.#tokens[this.#at++] ?? '' };
    let field = '';
    while (this.#at < this.#tokens.length && this.#tokens[this.#at] !== '}') {
      const token = this.#tokens[this.#at] as string;
      if (token.startsWith(':')) {
        field = token.slice(1);
        this.#at++;
      } else node[field] = this.value();
    }
    this.#at++;
    return node;
  }
}

/** Column number of the view -> table and column number that it shows. */
export type Origins = ReadonlyMap<number, { readonly table: number; readonly column: number }>;

export function originsOf(action: string): Origins {
  const tree = new Reader(action).value();
  const query = Array.isArray(tree) ? tree[0] : tree;
  const targets = (query as Node | undefined)?.['targetList'];
  const origins = new Map<number, { table: number; column: number }>();
  if (!Array.isArray(targets)) return origins;
  for (const target of targets as Node[]) {
    const table = Number(target['resorigtbl']);
    if (table > 0 && target['resjunk'] !== 'true')
      origins.set(Number(target['resno']), { table, column: Number(target['resorigcol']) });
  }
  return origins;
}

/** Follows views over views down to tables. Returns, by view, its columns with the table column each shows in the end. */
export function resolveOrigins(views: ReadonlyMap<number, Origins>): Map<number, Origins> {
  const done = new Map<number, Origins>();
  const resolve = (view: number, depth: number): Origins => {
    const known = done.get(view);
    if (known) return known;
    const resolved = new Map<number, { table: number; column: number }>();
    for (const [column, origin] of views.get(view) ?? []) {
      const below = views.has(origin.table) ? origin : undefined;
      if (!below) resolved.set(column, origin);
      else {
        const deeper = depth > 50 ? undefined : resolve(origin.table, depth + 1).get(origin.column);
        if (deeper) resolved.set(column, deeper);
      }
    }
    done.set(view, resolved);
    return resolved;
  };
  for (const view of views.keys()) resolve(view, 0);
  return done;
}
