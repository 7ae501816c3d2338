/** What the tests of the cluster share. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLog } from '../../log.ts';
import { type Cluster, startCluster } from '../cluster.ts';
import type { ConnectionTarget } from '../database.ts';
import { withOwner } from '../owner.ts';
import { isPostgresOf } from './pid-file.ts';

const FIXTURE = fileURLToPath(new URL('holder.fixture.ts', import.meta.url));

/** An unprivileged user that exists on every Linux and BSD. */
export const NOBODY = { uid: 65534, gid: 65534 };
export const IS_ROOT = process.getuid?.() === 0;

const started = new Map<string, Cluster[]>();

/** A folder whose clusters are stopped, and which is removed, after the test. */
export function temporaryFolder(t: TestContext, below = ''): string {
  const top = mkdtempSync(join(tmpdir(), 'freehold-cluster-'));
  const folder = join(top, below);
  t.after(async () => {
    for (const cluster of started.get(folder) ?? []) await cluster.stop();
    started.delete(folder);
    rmSync(top, { recursive: true, force: true });
  });
  return folder;
}

let made: Promise<string> | undefined;

/** A temporary folder with a copy of a cluster that was made once; a test that watches initdb uses `temporaryFolder`. */
export async function folderWithCluster(t: TestContext, below?: string): Promise<string> {
  made ??= makeCluster();
  const folder = temporaryFolder(t, below);
  cpSync(await made, folder, { recursive: true });
  return folder;
}

async function makeCluster(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-cluster-made-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await (await startCluster({ folder, log: createLog('silent'), settings: { fsync: 'off' } })).stop();
  return folder;
}

/** Starts a cluster that stops with its `temporaryFolder`. */
export async function start(
  folder: string,
  settings: Readonly<Record<string, string>> = { fsync: 'off' },
): Promise<Cluster> {
  const cluster = await startCluster({ folder, log: createLog('silent'), settings });
  started.set(folder, [...(started.get(folder) ?? []), cluster]);
  return cluster;
}

export const runs = (folder: string, pid = 0) => isPostgresOf(join(folder, 'postgres'), pid);

export async function query(target: ConnectionTarget, text: string): Promise<Record<string, unknown>[]> {
  return withOwner(target, async (client) => (await client.query(text)).rows);
}

export interface Holder {
  readonly process: ChildProcess;
  readonly said: { server?: number; adopted?: boolean; error?: string };
}

/** Runs the fixture until it has said what happened. */
export async function startHolder(
  t: TestContext,
  folder: string,
  then: 'wait' | 'exit' | 'throw' | 'claim',
  user: { uid?: number; gid?: number } = {},
): Promise<Holder> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', FIXTURE, folder, then], {
    ...user,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => child.kill('SIGKILL'));
  for await (const line of createInterface(child.stdout)) return { process: child, said: JSON.parse(line) };
  throw new Error('the holder ended without a word');
}

export async function killed(holder: Holder): Promise<void> {
  const ended = new Promise((resolve) => holder.process.once('exit', resolve));
  holder.process.kill('SIGKILL');
  await ended;
}

/** Resolves once the condition holds; the test's own timeout bounds it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
