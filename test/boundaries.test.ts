import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importsOf, RULES, type Source, violations } from './boundaries.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Tests and what only they use (`testing/`, `test-*.ts`) may look anywhere; what ships may not. */
function shippedSources(): Source[] {
  return ['src', 'web'].flatMap((top) =>
    readdirSync(`${ROOT}${top}`, { recursive: true, encoding: 'utf8' })
      .map((name) => `${top}/${name.replaceAll('\\', '/')}`)
      .filter(
        (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\/test-[^/]*$|\/(testing|dist|dev|node_modules)\//.test(path),
      )
      .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf8') })),
  );
}

test('the sources keep every rule of the house', () => {
  assert.deepEqual(violations(shippedSources()), []);
});

/** One bad file for each rule, in the order of RULES. */
const BAD: readonly Source[] = [
  { path: 'src/kernel/x.ts', text: "import { openMarketData } from '#services/market-data/api.ts';" },
  { path: 'src/quant/x.ts', text: "import type { Logger } from '#kernel/log.ts';" },
  { path: 'src/services/a/x.ts', text: "export { kurzora } from '#products/kurzora/product.ts';" },
  { path: 'src/products/a/x.ts', text: "import { main } from '../../server/main.ts';" },
  { path: 'src/server/x.ts', text: "import { testDatabase } from '../../test/database.ts';" },
  { path: 'src/products/a/x.ts', text: "import type { T } from '#products/b/contract.ts';" },
  { path: 'src/services/a/x.ts', text: "import {\n  store,\n} from '../b/store.ts';" },
  { path: 'src/server/x.ts', text: "const { scan } = await import('#products/kurzora/scan.ts');" },
  { path: 'web/x.ts', text: "import { SignalSummary } from '../src/products/kurzora/contract.ts';" },
  { path: 'src/products/a/rules/x.ts', text: "import { readFileSync } from 'node:fs';" },
  { path: 'src/quant/x.ts', text: 'export const at = () => Date.now();' },
  { path: 'src/services/a/x.ts', text: 'export const key = process.env.KEY;' },
  { path: 'src/services/a/x.ts', text: "import { Client } from 'pg';" },
];

test('each rule is broken by an example, and says which file broke it', () => {
  assert.equal(BAD.length, RULES.length);
  for (const [index, rule] of RULES.entries()) {
    const found = violations([BAD[index]!], [rule]);
    assert.equal(found.length, 1, rule.sentence);
    assert.ok(found[0]!.includes(BAD[index]!.path), rule.sentence);
  }
});

test('a rule that finds nothing to check fails', () => {
  for (const rule of RULES) assert.throws(() => violations([], [rule]), /nothing to check/, rule.sentence);
  assert.throws(() => violations([{ path: 'src/kernel/config.ts', text: '' }]), /nothing to check/);
});

test('words in comments and strings break nothing', () => {
  const text = "// process.env is read elsewhere\n/* Date.now() */\nexport const hint = 'set process.env.X';\n";
  assert.deepEqual(
    violations(
      [{ path: 'src/quant/x.ts', text }],
      RULES.filter((rule) => rule.covers('src/quant/x.ts')),
    ),
    [],
  );
});

test('every form of import is seen', () => {
  const text = [
    "import a from './a.ts';",
    "import type { B } from '../b.ts';",
    "import {\n  c,\n  type D,\n} from '#kernel/c.ts';",
    "export * from 'pg';",
    "import './side-effect.ts';",
    "await import('node:fs');",
  ].join('\n');
  assert.deepEqual(
    importsOf({ path: 'src/services/x/y.ts', text }).map(({ target, typeOnly }) => [target, typeOnly]),
    [
      ['src/services/x/a.ts', false],
      ['src/services/b.ts', true],
      ['src/kernel/c.ts', false],
      ['pg', false],
      ['src/services/x/side-effect.ts', false],
      ['node:fs', false],
    ],
  );
});
