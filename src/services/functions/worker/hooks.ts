/** Lets Node load what was written for Deno: its specifiers, TypeScript with enums, JSX. Runs inside the worker. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'rolldown/utils';
import { createResolver } from '../imports/resolve.ts';

const TYPES_ONLY = 'freehold:types';

/** Modules of packages and our own are left to Node; everything else is taken for the project's. */
export function loadAsDeno(importMap: string | undefined): void {
  const resolver = createResolver(importMap);
  registerHooks({
    resolve: (specifier, context, next) => {
      const parent = context.parentURL ?? '';
      if (!parent.startsWith('file:') || parent.includes('/node_modules/') || isOurs(parent))
        return next(specifier, context);
      const found = resolver.resolve(specifier, parent);
      if (found.kind === 'missing') throw new Error(found.reason);
      if (found.kind === 'types') return { url: TYPES_ONLY, shortCircuit: true };
      if (found.kind === 'package') return next(found.name, { ...context, parentURL: found.base });
      if (found.kind === 'builtin') return next(found.url, context);
      return { url: found.url, shortCircuit: true };
    },
    load: (url, context, next) => {
      if (url === TYPES_ONLY) return { format: 'module', source: 'export {}', shortCircuit: true };
      const path = new URL(url).pathname;
      if (!url.startsWith('file:') || url.includes('/node_modules/') || isOurs(url)) return next(url, context);
      if (/\.(m?ts|tsx|jsx)$/.test(path)) return { format: 'module', source: compiled(url), shortCircuit: true };
      return next(url, /\.m?js$/.test(path) ? { ...context, format: 'module' } : context);
    },
  });
}

const SERVICES = new URL('../', import.meta.url).href;
const isOurs = (url: string) => url.startsWith(SERVICES);

function compiled(url: string): string {
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, readFileSync(path, 'utf8'));
  const [first] = errors;
  if (first) throw new SyntaxError(`${path}: ${first.message}`);
  return code;
}
