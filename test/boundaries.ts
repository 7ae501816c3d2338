/** The rules of the house that imports can break, as functions of the sources: docs/architecture.md says why they are so. */
import { posix } from 'node:path';

export interface Source {
  /** From the root of the project: `src/kernel/config.ts`. */
  readonly path: string;
  readonly text: string;
}

interface Import {
  /** Path from the root for our own files, the name for packages and `node:` modules. */
  readonly target: string;
  readonly typeOnly: boolean;
}

export interface Rule {
  readonly sentence: string;
  /** Whether the rule has anything to say about this file; a rule that covers no file has checked nothing. */
  covers(path: string): boolean;
  /** What is wrong in a file that it covers. */
  faults(source: Source): string[];
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s)?[^'";]*?from\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

export function importsOf({ path, text }: Source): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    target: resolved(path, (match[2] ?? match[3] ?? match[4])!),
    typeOnly: match[1] !== undefined,
  }));
}

function resolved(from: string, name: string): string {
  if (name.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), name));
  return name.startsWith('#') ? `src/${name.slice(1)}` : name;
}

const isOurs = (target: string) => /^(src|web|test|bench)\//.test(target);
/** `src/services/auth/x.ts` -> `src/services/auth`: what has an inside and an outside. */
const unitOf = (path: string) => /^src\/(?:services|products)\/[^/]+/.exec(path)?.[0];

/** Comments say what they like, so does what stands inside quotes, and a file that is run by hand may print its result. */
function codeOf(text: string): string {
  return text
    .replace(/^if \(import\.meta\.main\) .*$/gm, '')
    .replace(/\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'/g, "''");
}

function importRule(sentence: string, from: RegExp, wrong: (target: Import, path: string) => boolean): Rule {
  return {
    sentence,
    covers: (path) => from.test(path),
    faults: (source) =>
      importsOf(source)
        .filter((each) => wrong(each, source.path))
        .map((each) => `${source.path} imports ${each.target}`),
  };
}

function textRule(sentence: string, covers: (path: string) => boolean, wrong: RegExp): Rule {
  return {
    sentence,
    covers,
    faults: (source) => {
      const found = wrong.exec(codeOf(source.text));
      return found ? [`${source.path} has ${found[0]}`] : [];
    },
  };
}

const layer = (name: string, ...allowed: string[]): Rule =>
  importRule(
    `${name} imports ${allowed.length === 0 ? 'nothing but itself' : `only ${allowed.join(', ')} and itself`}`,
    new RegExp(`^src/${name}/`),
    ({ target }) => isOurs(target) && ![name, ...allowed].some((each) => target.startsWith(`src/${each}/`)),
  );

/** Drivers that open a connection. */
const DRIVERS = new Set(['pg', 'pg-copy-streams', 'pg-logical-replication', 'graphile-worker', 'node:net', 'node:tls']);
/** Modules with which nothing outside the process can be read or changed. */
const PURE = /^node:(assert|buffer|util)(\/|$)/;
const isPureFolder = (path: string) => /^src\/quant\/|^src\/.*\/rules\//.test(path);

export const RULES: readonly Rule[] = [
  layer('kernel'),
  layer('quant'),
  layer('services', 'kernel', 'quant'),
  layer('products', 'kernel', 'quant', 'services'),
  layer('server', 'kernel', 'quant', 'services', 'products'),
  importRule(
    'products never import each other',
    /^src\/products\//,
    ({ target }, path) => target.startsWith('src/products/') && unitOf(target) !== unitOf(path),
  ),
  importRule('from outside a service only its api.ts and contract.ts are imported', /^src\//, ({ target }, path) => {
    const unit = unitOf(target);
    return target.startsWith('src/services/') && unit !== unitOf(path) && !isDoor(target, unit!);
  }),
  importRule(
    'from outside a product only its product.ts, api.ts and contract.ts are imported',
    /^src\//,
    ({ target }, path) => {
      const unit = unitOf(target);
      return (
        target.startsWith('src/products/') &&
        unit !== unitOf(path) &&
        !isDoor(target, unit!) &&
        target !== `${unit}/product.ts`
      );
    },
  ),
  importRule(
    'the web imports only the types of contract.ts',
    /^web\//,
    ({ target, typeOnly }) => target.startsWith('src/') && !(typeOnly && target.endsWith('/contract.ts')),
  ),
  importRule(
    'rules/ and quant/ import nothing that does input or output',
    /^src\/quant\/|^src\/.*\/rules\//,
    ({ target, typeOnly }) =>
      !typeOnly &&
      ((target.startsWith('node:') && !PURE.test(target)) ||
        DRIVERS.has(target) ||
        /^src\/kernel\/(postgres|http|jobs|config)/.test(target)),
  ),
  textRule(
    'rules/ and quant/ read no clock, no chance, no network and no process',
    isPureFolder,
    /\b(fetch\(|process\.|console\.|Date\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\()/,
  ),
  textRule(
    'only kernel/config.ts reads the environment',
    (path) => path.startsWith('src/') && path !== 'src/kernel/config.ts',
    /\bprocess\s*\.\s*env\b/,
  ),
  importRule(
    'connections to Postgres are made only in kernel/postgres/ and kernel/jobs/',
    /^src\/(?!kernel\/(postgres|jobs)\/)/,
    ({ target, typeOnly }) => !typeOnly && DRIVERS.has(target),
  ),
];

function isDoor(target: string, unit: string): boolean {
  return target === `${unit}/api.ts` || target === `${unit}/contract.ts`;
}

/** Everything that is wrong, as `rule: file imports what`; throws when a rule covers no file. */
export function violations(sources: readonly Source[], rules: readonly Rule[] = RULES): string[] {
  return rules.flatMap((rule) => {
    const covered = sources.filter(({ path }) => rule.covers(path));
    if (covered.length === 0) throw new Error(`nothing to check for the rule "${rule.sentence}"`);
    return covered.flatMap((source) => rule.faults(source).map((fault) => `${rule.sentence}: ${fault}`));
  });
}
