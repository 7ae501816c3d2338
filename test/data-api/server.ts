/** A running `freehold data-api` for tests: the command itself, on a database of its own, spoken to over HTTP. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '../database.ts';
import { fixtureDatabase, fixtureSettings, type Settings } from './fixture.ts';

const COMMAND = fileURLToPath(new URL('../../freehold', import.meta.url));

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  readonly json: unknown;
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
  readonly adminUrl: string;
  readonly process: ChildProcess;
  /** Everything logged so far. */
  log(): string;
  /** Resolves when a line of the log matches, including lines before the call. */
  logged(pattern: RegExp): Promise<void>;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
}

export interface DataApiFixture extends AsyncDisposable {
  readonly db: TestDatabase;
  readonly server: RunningServer;
}

/** Database with the fixture, and a server on it. */
export async function startFixture(settings: Settings = {}): Promise<DataApiFixture> {
  const db = await fixtureDatabase();
  const server = await startServer({ ...fixtureSettings(db.target), ...settings });
  const close = async () => {
    await server.stop();
    await db.close();
  };
  return { db, server, [Symbol.asyncDispose]: close };
}

/** Starts the command with nothing in its environment but `settings`; rejects with its words when it ends before it listens. */
export async function startServer(settings: Settings, file?: string): Promise<RunningServer> {
  const child = spawnCommand(
    { PGRST_SERVER_HOST: '127.0.0.1', PGRST_SERVER_PORT: '0', PGRST_ADMIN_SERVER_PORT: '0', ...settings },
    ['--json', ...(file ? [file] : [])],
  );
  const log = collect(child);
  const lines = createInterface({ input: child.stdout! });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (typeof first[0] !== 'string') throw new Error(`freehold data-api ended with ${first[0]}:\n${log.text()}`);
  const { url, adminUrl } = JSON.parse(first[0]) as { url: string; adminUrl: string };
  const request = (method: string, path: string, options: RequestOptions = {}) => send(url, method, path, options);
  const stop = () => end(child);
  return {
    url,
    adminUrl,
    process: child,
    log: log.text,
    logged: log.matching,
    request,
    get: (path, headers) => request('GET', path, { headers }),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs the command to its end. */
export async function runCommand(settings: Settings, args: readonly string[]) {
  const child = spawnCommand(settings, args);
  const out: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => out.push(chunk));
  const log = collect(child);
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout: Buffer.concat(out).toString(), stderr: log.text() };
}

function spawnCommand(settings: Settings, args: readonly string[]): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env;
  const inherited = Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined),
  );
  return spawn(COMMAND, ['data-api', ...args], {
    env: { ...inherited, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function send(url: string, method: string, path: string, { headers, body }: RequestOptions): Promise<Answer> {
  const plain = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const type = plain ? undefined : { 'Content-Type': 'application/json' };
  const response = await fetch(url + path, {
    method,
    headers: { ...type, ...headers },
    body: plain ? (body as BodyInit | undefined) : JSON.stringify(body),
    redirect: 'manual',
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text);
    },
  };
}

function collect(child: ChildProcess) {
  let text = '';
  const waiting = new Set<() => void>();
  child.stderr!.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    for (const check of [...waiting]) check();
  });
  const matching = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!pattern.test(text)) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  return { text: () => text, matching };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
