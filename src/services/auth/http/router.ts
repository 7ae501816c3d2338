import type { Endpoint } from './endpoint.ts';

export type Match =
  | { readonly kind: 'found'; readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'not found' }
  | { readonly kind: 'wrong method'; readonly allowed: readonly string[] };

export type Route = (method: string, path: string) => Match;

/** Finds the endpoint of a request; a fixed segment goes before a parameter, HEAD asks GET. Throws when two stand in one place. */
export function router(endpoints: readonly Endpoint[]): Route {
  const routes = endpoints.map((endpoint) => ({ endpoint, parts: endpoint.path.split('/').slice(1) }));
  const taken = new Set<string>();
  for (const { endpoint, parts } of routes) {
    const place = `${endpoint.method} /${parts.map((part) => (part.startsWith(':') ? ':' : part)).join('/')}`;
    if (taken.has(place)) throw new Error(`two endpoints of auth want ${place}`);
    taken.add(place);
  }
  const fixedFirst = (a: Parts, b: Parts) => rank(a.parts).localeCompare(rank(b.parts));
  const byLength = Map.groupBy(routes.sort(fixedFirst), ({ parts }) => parts.length);
  return (method, path) => {
    const given = path.replace(/\/+$/, '').split('/').slice(1);
    const there = (byLength.get(given.length) ?? []).flatMap(({ endpoint, parts }) => {
      const params = paramsOf(parts, given);
      return params ? [{ endpoint, params }] : [];
    });
    const wanted = method === 'HEAD' ? 'GET' : method;
    const found = there.find(({ endpoint }) => endpoint.method === wanted);
    if (found) return { kind: 'found', ...found };
    if (there.length === 0) return { kind: 'not found' };
    return { kind: 'wrong method', allowed: [...new Set(there.map(({ endpoint }) => endpoint.method))] };
  };
}

interface Parts {
  readonly parts: readonly string[];
}

const rank = (parts: readonly string[]) => parts.map((part) => (part.startsWith(':') ? '1' : '0')).join('');

function paramsOf(parts: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const text = given[index] as string;
    if (!part.startsWith(':')) {
      if (part !== text) return undefined;
      continue;
    }
    const value = decoded(text);
    if (!value) return undefined;
    params[part.slice(1)] = value;
  }
  return params;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
