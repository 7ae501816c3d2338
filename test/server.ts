/** A running server with a product made of the routes a test gives it, on a real database. */
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { readConfig } from '#kernel/config.ts';
import { createEvents, type Events } from '#kernel/events.ts';
import { createServer, mountProject, type ServerOptions, stopServer } from '#kernel/http/server.ts';
import type { Logger } from '#kernel/log.ts';
import { defineProduct, type Job, type Product, type ProductKeys, type Project, type Route } from '#kernel/product.ts';
import { createTokens, type Tokens } from '#kernel/tokens.ts';
import type { TestDatabase } from './database.ts';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A log whose lines can be read back. */
export function recordedLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: pino({ level: 'trace' }, sink), lines };
}

export function testProject(db: TestDatabase, log: Logger, over: Partial<Project> = {}): Project {
  const config = readConfig({}, {});
  const jobs = { add: () => Promise.reject(new Error('this test has no job queue')) };
  const { database } = db;
  const usual = { name: 'probe', config, database, background: database, jobs, log, now: Date.now };
  return { ...usual, dataFolder: config.dataFolder, ...over };
}

export function testProduct(parts: {
  routes?: readonly Route<unknown>[];
  jobs?: readonly Job<unknown>[];
  keys?: ProductKeys<never>;
}): Product<unknown> {
  const { routes = [], jobs = [], keys } = parts;
  return defineProduct<unknown>({
    name: 'probe',
    title: 'Probe',
    migrations: [],
    schemas: ['public'],
    routes,
    jobs,
    ...(keys && { keys: keys as ProductKeys<unknown> }),
    commands: [],
    open: async () => ({}),
  });
}

export interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly tokens: Tokens;
  readonly project: Project;
  readonly events: Events;
  readonly lines: LogLine[];
  close(): Promise<void>;
}

export async function testServer(
  db: TestDatabase,
  routes: readonly Route<unknown>[],
  options: Partial<ServerOptions> & {
    mount?: (app: FastifyInstance, project: Project, tokens: Tokens) => void;
    /** What the routes find open; nothing when absent. */
    services?: unknown;
    now?: () => number;
    /** Enqueuing is refused when absent. */
    jobs?: Project['jobs'];
    keys?: ProductKeys<never>;
  } = {},
): Promise<TestServer> {
  const { log, lines } = recordedLog();
  const events = createEvents();
  const project = testProject(db, log, {
    ...(options.now && { now: options.now }),
    ...(options.jobs && { jobs: options.jobs }),
  });
  const tokens = await createTokens({ jwtSecret: 'a secret of the tests, 32 characters long' });
  const app = createServer({ config: project.config, log, events, ...options });
  options.mount?.(app, project, tokens);
  mountProject(app, {
    project,
    services: options.services ?? {},
    product: testProduct({ routes, keys: options.keys }),
    tokens,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const close = async () => {
    await stopServer(app, 2_000);
  };
  return { app, url: `http://127.0.0.1:${port}`, tokens, project, events, lines, close, [Symbol.asyncDispose]: close };
}
