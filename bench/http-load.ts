/**
 * Load over HTTP/1.1 keep-alive connections, each busy with one request at a time: by wrk where it is installed (it costs a sixth of what
 * a client in Node costs, and so leaves the processors to what is measured), else by a client of our own.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Load {
  /** Requests a second. */
  readonly rate: number;
  readonly done: number;
  /** Milliseconds. */
  readonly p99: number;
}

const wrk = (process.env['PATH'] ?? '')
  .split(':')
  .map((part) => join(part, 'wrk'))
  .find((path) => existsSync(path));

export const LOAD_PROGRAM = wrk ? 'wrk' : 'a client in this process (install wrk for a cheaper one)';

/** Throws when an answer is a refusal. */
export function load(request: HttpRequest, concurrent: number, port: number, seconds: number): Promise<Load> {
  if (wrk) return loadByWrk(wrk, request, concurrent, port, Math.max(1, Math.round(seconds)));
  return loadByHand(request, concurrent, port, (_, elapsed) => elapsed < seconds * 1000);
}

async function loadByWrk(
  program: string,
  { method, url, headers = {}, body }: HttpRequest,
  concurrent: number,
  port: number,
  seconds: number,
): Promise<Load> {
  const folder = mkdtempSync(join(tmpdir(), 'freehold-load-'));
  const script = join(folder, 'request.lua');
  const lines = [
    `wrk.method = ${JSON.stringify(method)}`,
    ...(body === undefined ? [] : [`wrk.body = ${JSON.stringify(body)}`]),
    ...Object.entries(headers).map(
      ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
    ),
  ];
  writeFileSync(script, lines.join('\n'));
  const place = `http://127.0.0.1:${port}${url.replaceAll('"', '%22').replaceAll('{', '%7B').replaceAll('}', '%7D')}`;
  const options = ['-t', '1', '-c', String(concurrent), '-d', `${seconds}s`, '--latency', '-s', script, place];
  try {
    const { stdout } = await promisify(execFile)(program, options);
    return readWrk(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MILLISECONDS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function readWrk(printed: string): Load {
  const refused = /Non-2xx or 3xx responses: \d+/.exec(printed)?.[0];
  if (refused) throw new Error(refused);
  const [, amount, unit = ''] = /99%\s+([\d.]+)(us|ms|s|m)\b/.exec(printed) ?? [];
  const done = Number(/(\d+) requests in/.exec(printed)?.[1]);
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(printed)?.[1]);
  if (!amount || !done || !rate) throw new Error(`wrk printed no figures:\n${printed}`);
  return { rate, done, p99: Number(amount) * (MILLISECONDS[unit] as number) };
}

/** Goes on while `goesOn` says so. */
export async function loadByHand(
  { method, url, headers = {}, body = '' }: HttpRequest,
  concurrent: number,
  port: number,
  goesOn: (sent: number, elapsedMs: number) => boolean,
): Promise<Load> {
  const length = body ? { 'Content-Length': String(Buffer.byteLength(body)) } : {};
  const lines = Object.entries({ Host: 'localhost', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const request = Buffer.from(`${[`${method} ${url} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`);
  const start = performance.now();
  const times: number[] = [];
  let sent = 0;
  const client = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let asked = 0;
      let missing = 0;
      const ask = () => {
        if (!goesOn(sent, performance.now() - start)) return void socket.end(resolve);
        sent++;
        asked = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true).on('error', reject).on('connect', ask);
      socket.on('data', (chunk: Buffer) => {
        missing = missing > 0 ? missing - chunk.length : missingOf(chunk);
        if (missing > 0) return;
        times.push(performance.now() - asked);
        ask();
      });
    });
  await Promise.all(Array.from({ length: concurrent }, client));
  const elapsed = (performance.now() - start) / 1000;
  times.sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)] ?? Number.NaN;
  return { rate: times.length / elapsed, done: times.length, p99 };
}

/** Bytes of the body still to come after the first part of an answer. Throws when the answer is a refusal. */
function missingOf(chunk: Buffer): number {
  const end = chunk.indexOf('\r\n\r\n');
  const head = chunk.toString('latin1', 0, end);
  if (!/^HTTP\/1\.1 2/.test(head)) throw new Error(chunk.toString());
  return Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0) - (chunk.length - end - 4);
}
