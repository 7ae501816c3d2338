/** The page of page/, built and served on an origin of its own, where /api/subscription/process leads to Kurzora as its host has it. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from '../../browser/chromium.ts';
import type { App } from './page/main.ts';
import { type Kurzora, startKurzora } from './server.ts';

declare global {
  var app: App;
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

export interface FrontEnd extends AsyncDisposable {
  readonly kurzora: Kurzora;
  readonly origin: string;
  readonly browser: Browser;
  /** What pages wrote to their consoles as errors or warnings, and what nobody caught. */
  readonly complaints: string[];
  /** A page that has started, in a context of its own or in this one. */
  open(context?: BrowserContext | BrowserContextOptions): Promise<Page>;
}

export async function startFrontEnd(): Promise<FrontEnd> {
  await using running = new AsyncDisposableStack();
  const folder = running.adopt(mkdtempSync(join(tmpdir(), 'freehold-front-end-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  await buildPage(folder);
  const kurzora = running.adopt(await startKurzora(), (it) => it.stop());
  const browser = running.adopt(await launchChromium(), (it) => it.close());
  const server = createServer((request, response) => void answer(folder, kurzora.url, request, response));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  running.defer(() => server.closeAllConnections());
  running.defer(() => void server.close());
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  const complaints: string[] = [];
  const address = `${origin}/?url=${encodeURIComponent(kurzora.url)}&key=${kurzora.anonKey}`;
  const open: FrontEnd['open'] = async (given) => {
    const context = given && 'newPage' in given ? given : await browser.newContext(given);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    await page.goto(address);
    await page.waitForFunction(() => globalThis.app?.auth.auth.initialised !== 'no');
    return page;
  };
  const owned = running.move();
  return { kurzora, origin, browser, complaints, open, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function buildPage(outDir: string): Promise<void> {
  const root = fileURLToPath(new URL('./page/', import.meta.url));
  await build({ root, logLevel: 'error', configFile: false, build: { outDir, emptyOutDir: true, target: 'es2022' } });
}

async function answer(folder: string, kurzora: string, request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname.startsWith('/api/')) return await pass(kurzora + pathname, request, response);
  const file = extname(pathname) ? pathname : '/index.html';
  try {
    const bytes = readFileSync(join(folder, file));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

async function pass(address: string, request: IncomingMessage, response: ServerResponse) {
  const body = await buffer(request);
  const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' };
  const answered = await fetch(address, { method: request.method, headers, ...(body.length > 0 && { body }) });
  response.writeHead(answered.status, { 'content-type': answered.headers.get('content-type') ?? 'text/plain' });
  response.end(Buffer.from(await answered.arrayBuffer()));
}
