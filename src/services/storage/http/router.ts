import { invalidKey } from '../errors.ts';
import type { Exchange } from './exchange.ts';

/** Gives the JSON of the answer; undefined when the answer has been written already. */
export type Handler = (exchange: Exchange) => Promise<unknown>;

export interface Route {
  readonly method: string;
  /** `/object/sign/:bucket/*name`: a place takes one segment, a starred one the rest, which may not be empty. */
  readonly pattern: string;
  /** What policies see as `storage.operation()`, without `storage.`. */
  readonly operation: string;
  readonly handle: Handler;
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: Route;
  readonly expression: RegExp;
}

/** Finds the first route that fits; the list is in order of precedence. */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | undefined {
  const byMethod = new Map<string, Compiled[]>();
  for (const route of routes) {
    const list = byMethod.get(route.method) ?? [];
    list.push({ route, expression: compile(route.pattern) });
    byMethod.set(route.method, list);
  }
  return (method, path) => {
    for (const { route, expression } of byMethod.get(method) ?? []) {
      const groups = expression.exec(path)?.groups;
      if (groups) return { route, params: decoded(groups) };
    }
    return undefined;
  };
}

function compile(pattern: string): RegExp {
  const source = pattern.replace(/:(\w+)|\*(\w+)/g, (_, place, rest) =>
    place ? `(?<${place}>[^/]+)` : `(?<${rest}>.+)`,
  );
  // A pattern without places still says that it matched, by its groups.
  return new RegExp(`^(?<_>)${source}$`, 's');
}

/** The path is taken as it came: `..` and `//` are part of a name and never resolved. */
function decoded(groups: Record<string, string>): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [name, text] of Object.entries(groups)) if (name !== '_') params[name] = decode(text);
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidKey(text);
  }
}
