/** The part of Deno's global that functions use. Source: Deno's and Supabase edge-runtime's documentation. */
import { readFile, writeFile } from 'node:fs/promises';
import { type Handler, registerHandler } from './registry.ts';

const pending = new Set<Promise<unknown>>();

/** Settles when everything that was given to EdgeRuntime.waitUntil has. */
export async function backgroundWork(): Promise<void> {
  while (pending.size > 0) await Promise.allSettled([...pending]);
}

/** Defines `Deno`, `EdgeRuntime` and the old fetch event. `env` is the worker's own environment. */
export function defineDeno(env: Record<string, string | undefined>): void {
  const serve = (first: Handler | { handler?: Handler }, second?: Handler) => {
    const handler = typeof first === 'function' ? first : (second ?? first.handler);
    registerHandler(handler as Handler);
    return { finished: new Promise(() => {}), shutdown: async () => {}, addr: { hostname: '0.0.0.0', port: 8000 } };
  };
  const Deno = {
    serve,
    env: {
      get: (name: string) => env[name],
      has: (name: string) => env[name] !== undefined,
      set: (name: string, value: string) => {
        env[name] = value;
      },
      delete: (name: string) => {
        delete env[name];
      },
      toObject: () => ({ ...env }),
    },
    readTextFile: (path: string | URL) => readFile(path, 'utf8'),
    readFile: async (path: string | URL) => new Uint8Array(await readFile(path)),
    writeTextFile: (path: string | URL, text: string) => writeFile(path, text),
    writeFile: (path: string | URL, bytes: Uint8Array) => writeFile(path, bytes),
    cwd: () => process.cwd(),
    exit: (code?: number) => process.exit(code),
    args: [],
    build: { os: process.platform, arch: process.arch, target: `${process.arch}-${process.platform}` },
    version: { deno: '2.1.4', v8: process.versions.v8, typescript: '5.6.2' },
    errors: { NotFound: class NotFound extends Error {}, PermissionDenied: class PermissionDenied extends Error {} },
    test: () => {},
  };
  const EdgeRuntime = {
    waitUntil: <T>(work: Promise<T>): Promise<T> => {
      const settled = Promise.resolve(work)
        .catch((error: unknown) => console.error(error))
        .finally(() => pending.delete(settled));
      pending.add(settled);
      return work;
    },
  };
  Object.assign(globalThis, { Deno, EdgeRuntime });
  const listen = globalThis.addEventListener as ((type: string, listener: unknown) => void) | undefined;
  Object.assign(globalThis, {
    addEventListener: (type: string, listener: (event: unknown) => void) => {
      if (type !== 'fetch') return listen?.call(globalThis, type, listener);
      registerHandler(
        (request) =>
          new Promise((resolve, reject) => {
            listener({
              request,
              respondWith: (answer: Response | Promise<Response>) => Promise.resolve(answer).then(resolve, reject),
            });
          }),
      );
    },
  });
}
