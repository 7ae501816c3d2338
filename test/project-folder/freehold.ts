/** `freehold start FOLDER` as a person runs it: its own process, on a data folder of the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/server/main.ts', import.meta.url));

export interface Ready {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  readonly warnings: readonly string[];
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Installation {
  /** Starts and works with the running server; it is stopped, and has ended, when this resolves. */
  started<T>(args: readonly string[], work: (ready: Ready) => Promise<T>, variables?: Variables): Promise<T>;
  /** Runs a command to its end. */
  run(args: readonly string[], variables?: Variables): Promise<Finished>;
  remove(): void;
}

type Variables = Readonly<Record<string, string>>;

/** An installation with a data folder of its own. */
export function newInstallation(): Installation {
  const data = mkdtempSync(join(tmpdir(), 'freehold-start-'));
  const children = new Set<ChildProcess>();
  process.once('exit', () => {
    for (const child of children) child.kill('SIGKILL');
  });
  const launch = (args: readonly string[], variables: Variables = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        FREEHOLD_DATA: data,
        LOG_LEVEL: 'warn',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream]!.setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
      });
    const ended = once(child, 'close').then(([code]): Finished => {
      children.delete(child);
      return { code: code as number | null, ...said };
    });
    return { child, said, ended };
  };
  return {
    run: (args, variables) => launch(args, variables).ended,
    started: async (args, work, variables) => {
      const { child, said, ended } = launch(['start', ...args, '--port', '0', '--json'], variables);
      try {
        return await work(await firstLine(child, said, ended));
      } finally {
        child.kill('SIGTERM');
        await ended;
      }
    },
    remove: () => rmSync(data, { recursive: true, force: true }),
  };
}

async function firstLine(child: ChildProcess, said: { stdout: string }, ended: Promise<Finished>): Promise<Ready> {
  const dead = ended.then(({ code, stderr }) => {
    throw new Error(`the server ended with ${code} before it was ready: ${stderr}`);
  });
  while (!said.stdout.includes('\n')) await Promise.race([once(child.stdout!, 'data'), dead]);
  dead.catch(() => undefined);
  return JSON.parse(said.stdout);
}
