import { readFileSync } from 'node:fs';
import { findPackageJSON, isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where an import of a script written for Deno leads: a file URL, a module of Node, one of ours, or nothing (types only). */
export type Resolution =
  | { readonly kind: 'file'; readonly url: string }
  /** To be looked up as Node does, from `base`. */
  | { readonly kind: 'package'; readonly name: string; readonly base: string }
  | { readonly kind: 'builtin'; readonly url: string }
  | { readonly kind: 'types' }
  | { readonly kind: 'missing'; readonly reason: string };

export interface Resolver {
  /** `parent` is the file URL of the importing module. Pure but for looking whether packages are there. */
  resolve(specifier: string, parent: string): Resolution;
}

const SHIMS = new URL('../worker/shims/', import.meta.url);
/** Modules of Deno's world that we bring: by the address without version. */
const OURS: readonly [RegExp, string][] = [
  [/^https:\/\/deno\.land\/std(@[^/]+)?\/http\/(server|mod)\.ts$/, 'http-server.ts'],
  [/^jsr:\/?@std\/http(@[^/]+)?(\/server)?$/, 'http-server.ts'],
  [/^https:\/\/deno\.land\/x\/xhr(@[^/]+)?\/mod\.ts$/, 'nothing.ts'],
  [/^https:\/\/deno\.land\/std(@[^/]+)?\/(dotenv\/load|dotenv\/mod)\.ts$/, 'nothing.ts'],
  [/^https:\/\/deno\.land\/std(@[^/]+)?\/encoding\/base64(url)?\.ts$/, 'base64.ts'],
  [/^jsr:\/?@std\/encoding(@[^/]+)?(\/base64)?$/, 'base64.ts'],
];
const TYPES_ONLY = /edge-runtime\.d\.ts$|\.d\.ts(\?.*)?$|^jsr:\/?@supabase\/functions-js/;
/** Hosts that serve npm packages as modules. */
const CDN =
  /^https:\/\/(?:esm\.sh|esm\.run|cdn\.skypack\.dev|cdn\.jsdelivr\.net\/npm|unpkg\.com)\/(?:v\d+\/|stable\/|\*)?(.+)$/;

/** Resolves as Deno would, where the package is installed here. `importMap` is the text of deno.json or import_map.json. */
export function createResolver(importMapFile: string | undefined): Resolver {
  const imports = importMapFile ? readImports(importMapFile) : {};
  const mapBase = importMapFile ? pathToFileURL(importMapFile).href : '';
  const resolve = (specifier: string, parent: string): Resolution => {
    const mapped = applyImportMap(specifier, imports);
    if (mapped !== undefined) return isRelative(mapped) ? relative(mapped, mapBase) : direct(mapped, parent);
    return isRelative(specifier) ? relative(specifier, parent) : direct(specifier, parent);
  };
  return { resolve };
}

const isRelative = (specifier: string) => /^(\.{0,2}\/|file:)/.test(specifier);

function relative(specifier: string, base: string): Resolution {
  const url = new URL(specifier, base);
  return TYPES_ONLY.test(url.pathname) ? { kind: 'types' } : { kind: 'file', url: url.href };
}

function direct(specifier: string, parent: string): Resolution {
  if (TYPES_ONLY.test(specifier)) return { kind: 'types' };
  if (specifier.startsWith('node:')) return { kind: 'builtin', url: specifier };
  const ours = OURS.find(([address]) => address.test(specifier.replace(/\?.*$/, '')))?.[1];
  if (ours) return { kind: 'file', url: new URL(ours, SHIMS).href };
  const wanted = packageOf(specifier);
  if (!wanted)
    return { kind: 'missing', reason: `${specifier} is loaded from the network, which this server does not do` };
  for (const name of wanted) {
    const found = installed(name, parent);
    if (found) return found;
  }
  return { kind: 'missing', reason: `${specifier} is not installed; run: npm install ${packageName(wanted[0]!)}` };
}

/** Names under which npm may have it, without version: `npm:zod@3/v4` -> zod/v4; `jsr:@std/x` is @jsr/std__x on npm. */
function packageOf(specifier: string): readonly string[] | undefined {
  const npm = /^npm:\/?(.+)$/.exec(specifier)?.[1] ?? CDN.exec(specifier.replace(/\?.*$/, ''))?.[1];
  if (npm) return [withoutVersion(npm)];
  const jsr = /^jsr:\/?@([^/]+)\/([^/@]+)(?:@[^/]+)?(\/.*)?$/.exec(specifier);
  if (jsr) return [`@jsr/${jsr[1]}__${jsr[2]}${jsr[3] ?? ''}`, `@${jsr[1]}/${jsr[2]}${jsr[3] ?? ''}`];
  return /^[a-z]+:/.test(specifier) ? undefined : [specifier];
}

function withoutVersion(path: string): string {
  const [, name, rest = ''] = /^((?:@[^/]+\/)?[^/@]+)(?:@[^/]*)?(\/.*)?$/.exec(path) ?? [];
  return `${name ?? path}${rest}`;
}

function packageName(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The project's own node_modules first, then what Freehold brings (supabase-js among it). */
function installed(name: string, parent: string): Resolution | undefined {
  if (isBuiltin(name)) return { kind: 'builtin', url: name.startsWith('node:') ? name : `node:${name}` };
  const base = [parent, import.meta.url].find((from) => hasPackage(name, from));
  return base === undefined ? undefined : { kind: 'package', name, base };
}

function hasPackage(name: string, from: string): boolean {
  try {
    return findPackageJSON(packageName(name), from) !== undefined;
  } catch {
    return false;
  }
}

function applyImportMap(specifier: string, imports: Readonly<Record<string, string>>): string | undefined {
  const exact = imports[specifier];
  if (exact !== undefined) return exact;
  const prefix = Object.keys(imports)
    .filter((key) => key.endsWith('/') && specifier.startsWith(key))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix) return imports[prefix] + specifier.slice(prefix.length);
  // Deno lets `@supabase/supabase-js/x` follow from `@supabase/supabase-js`.
  const parent = Object.keys(imports)
    .filter((key) => specifier.startsWith(`${key}/`) && /^(npm|jsr):/.test(imports[key]!))
    .sort((a, b) => b.length - a.length)[0];
  return parent === undefined ? undefined : imports[parent] + specifier.slice(parent.length);
}

function readImports(file: string): Readonly<Record<string, string>> {
  const text = readFileSync(file, 'utf8');
  // deno.jsonc allows comments and trailing commas; strings are left alone.
  const json = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(\s*[}\]])/g, (_, string: string | undefined, end: string) => string ?? end);
  const { imports, importMap } = JSON.parse(json) as { imports?: Record<string, string>; importMap?: string };
  return imports ?? (importMap ? readImports(join(file, '..', importMap)) : {});
}
