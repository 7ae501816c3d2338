import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseSync } from 'rolldown/utils';
import type { FunctionSettings } from '../discover.ts';
import { createResolver } from './resolve.ts';

/** Why a script cannot run, found without running it: its own files are read and their imports looked up. Empty when all is there. */
export function importFaults({ entrypoint, importMap }: FunctionSettings): string[] {
  const resolver = createResolver(importMap);
  const faults: string[] = [];
  const seen = new Set<string>();
  const visit = (url: string): void => {
    if (seen.has(url)) return;
    seen.add(url);
    const path = fileURLToPath(url);
    if (!existsSync(path)) {
      faults.push(`${path} does not exist`);
      return;
    }
    if (path.includes('node_modules') || !/\.[cm]?[jt]sx?$/.test(path)) return;
    for (const specifier of importsOf(path, faults)) {
      const found = resolver.resolve(specifier, url);
      if (found.kind === 'missing') faults.push(found.reason);
      if (found.kind === 'file') visit(found.url);
    }
  };
  visit(pathToFileURL(entrypoint).href);
  return [...new Set(faults)];
}

/** Specifiers that are loaded when the module is; types vanish. */
function importsOf(path: string, faults: string[]): string[] {
  const { module, errors } = parseSync(path, readFileSync(path, 'utf8'));
  for (const error of errors) faults.push(`${path}: ${error.message}`);
  const imports = module.staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => moduleRequest.value);
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.filter(({ isType }) => !isType).flatMap(({ moduleRequest }) => moduleRequest?.value ?? []),
  );
  return [...imports, ...exports];
}
