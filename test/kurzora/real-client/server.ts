/** A running Kurzora that can go away and come back: the same data, the same port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../../freehold', import.meta.url));

export interface Kurzora {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  /** Ends the process; the data stays. */
  halt(): Promise<void>;
  /** Starts it again where it was. */
  resume(): Promise<void>;
  /** Ends the process and removes the data. */
  stop(): Promise<void>;
}

type Said = Pick<Kurzora, 'url' | 'anonKey' | 'serviceRoleKey'>;

/** On a free port and a new data folder, with the simulated exchange. Rejects with its log when it ends early. */
export async function startKurzora(): Promise<Kurzora> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-real-client-'));
  let child: ChildProcess;
  const start = async (port: string): Promise<Said> => {
    child = launch(folder, port);
    return await firstLine(child);
  };
  const halt = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGINT');
    await once(child, 'exit');
  };
  const stop = async () => {
    await halt();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', () => child.kill('SIGKILL'));
  try {
    const said = await start('0');
    const resume = async () => {
      await start(new URL(said.url).port);
    };
    return { ...said, halt, resume, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function launch(folder: string, port: string): ChildProcess {
  const { DATABASE_URL: _, POLYGON_API_KEY: __, STRIPE_SECRET_KEY: ___, ...environment } = process.env;
  return spawn(COMMAND, ['start', '--port', port, '--data', join(folder, 'data'), '--json'], {
    // Named, because building the page with vite says "production" in this process.
    env: { ...environment, NODE_ENV: 'development', MARKET_DATA: 'simulated', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function firstLine(child: ChildProcess): Promise<Said> {
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  for await (const line of createInterface({ input: child.stdout! })) return JSON.parse(line);
  throw new Error(`freehold start ended before it was ready:\n${log.slice(-4000)}`);
}
