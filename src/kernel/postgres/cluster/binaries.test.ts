import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { IS_ROOT, NOBODY, temporaryFolder } from './testing.ts';

const account = IS_ROOT ? NOBODY : undefined;

/** The package as `npm ci --ignore-scripts` unpacks it: without the library links. */
function packageWithoutLinks(folder: string): { native: string; version: string } {
  const native = join(folder, 'package', 'native');
  const real = dirname(dirname(findBinaries(folder, account).postgres));
  mkdirSync(dirname(native), { recursive: true });
  cpSync(real, native, { recursive: true, verbatimSymlinks: true });
  for (const { target } of links(native)) rmSync(join(dirname(native), target), { force: true });
  return { native, version: 'test' };
}

const find = (folder: string, found: { native: string; version: string }) =>
  findBinaries(folder, account, found, [join(folder, 'data')]);

const links = (native: string) =>
  JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];

const runs = (binaries: Binaries) =>
  spawnSync(binaries.initdb, ['--version'], { ...account, env: {}, encoding: 'utf8' }).stdout.includes('18.');

test('missing library links are made in place when the package can be written', (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const found = packageWithoutLinks(folder);
  const binaries = find(folder, found);
  assert.ok(binaries.postgres.startsWith(found.native));
  assert.ok(runs(binaries));
});

test('a package that the account cannot reach is copied to where it can', {
  skip: !IS_ROOT && 'this user reaches it',
}, (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'closed'));
  const found = packageWithoutLinks(join(folder, 'closed'));
  chmodSync(folder, 0o755);
  chmodSync(join(folder, 'closed'), 0o700);
  const binaries = find(folder, found);
  assert.ok(binaries.postgres.startsWith(join(folder, 'data')));
  assert.ok(runs(binaries));
  assert.equal(find(folder, found).postgres, binaries.postgres);
});

test('a package that may not be written is copied', { skip: IS_ROOT && 'root may write everywhere' }, (t) => {
  const folder = temporaryFolder(t);
  const found = packageWithoutLinks(folder);
  chmodSync(join(found.native, 'lib'), 0o555);
  const binaries = find(folder, found);
  chmodSync(join(found.native, 'lib'), 0o755);
  assert.ok(!binaries.postgres.startsWith(found.native));
  assert.ok(runs(binaries));
});

test('binaries that do not run are refused with what they said', (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o755);
  const found = packageWithoutLinks(folder);
  rmSync(join(found.native, 'lib', 'libicudata.so.60.2'), { force: true });
  assert.throws(
    () => find(folder, found),
    (error) => error instanceof OperatorError && /shared librar/.test(error.message) && Boolean(error.remedy),
  );
});
