/**
 * Auth: tokens checked a second (GET /user, beside the service's own ceiling GET /health), refreshes a second, sign-ins a second
 * beside the password's hash alone in the same process, and the delay of the event loop while fifty people sign in at once. The
 * service runs behind its gateway in a process of its own, on a database of its own; rounds alternate, medians are printed.
 *
 *     node bench/auth.ts [--seconds 3] [--rounds 5] [--concurrent 8]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { hashPassword, verifyPassword } from '../src/services/auth/tokens/passwords.ts';
import { authServer } from '../test/auth/server.ts';

const PASSWORD = 'a password of the bench';
const AT_ONCE = 50;
const DELAY_LIMIT_MS = 20;
/** A sign-in does little beside its hash: at least so much of the hash's own rate. */
const SIGN_IN_RATIO = 0.7;

/** What the parent asks of the process that serves. */
type Question = {
  readonly ask: 'processor' | 'delay' | 'hash';
  readonly seconds?: number;
  readonly concurrent?: number;
};

async function serve(): Promise<void> {
  const server = await authServer({
    config: { auth: { site_url: 'http://localhost:3000', email: { enable_confirmations: false } } },
    poolSize: 10,
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const hash = await hashPassword(PASSWORD);
  process.on('message', async ({ ask, seconds = 1, concurrent = 1 }: Question) => {
    if (ask === 'processor') process.send?.(cpuMilliseconds());
    if (ask === 'hash') process.send?.((await measure(concurrent, seconds, () => verifyPassword(PASSWORD, hash))).rate);
    if (ask === 'delay') {
      // In nanoseconds, and with the millisecond that the timer sleeps by itself.
      process.send?.(delay.percentile(99) / 1e6 - 1);
      delay.reset();
    }
  });
  process.once('disconnect', () => void server.close().then(() => process.exit()));
  process.send?.({ url: server.url, anonKey: server.keys.anonKey });
}

const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Figures {
  /** A second. */
  readonly rate: number;
  /** Microseconds of processor time of the serving process for one. */
  readonly cost: number;
}

async function bench(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      concurrent: { type: 'string', default: '8' },
    },
  });
  const [seconds, rounds, concurrent] = [Number(values.seconds), Number(values.rounds), Number(values.concurrent)];
  const child = fork(import.meta.filename, ['serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [{ url, anonKey }] = (await once(child, 'message')) as [{ url: string; anonKey: string }];
  const client = httpClient(url, anonKey, Math.max(concurrent, AT_ONCE));
  const people = await signUps(client, AT_ONCE);

  const figures = new Map<string, Figures[]>();
  const note = (name: string, value: Figures) => figures.set(name, [...(figures.get(name) ?? []), value]);
  for (let round = 0; round <= rounds; round++) {
    const results: [string, Figures][] = [
      ['GET /health', await costOf(child, concurrent, seconds, () => client('GET', '/health'))],
      ['GET /user', await costOf(child, concurrent, seconds, (i) => client('GET', '/user', people[i]!.access_token))],
      ['refresh', await costOf(child, concurrent, seconds, (i) => refresh(client, people[i]!))],
      ['sign-in', await costOf(child, concurrent, seconds, (i) => signIn(client, people[i]!.email))],
      ['the hash alone', { rate: await asked(child, { ask: 'hash', seconds, concurrent }), cost: Number.NaN }],
    ];
    // The first round only warms up.
    if (round > 0) for (const [name, value] of results) note(name, value);
  }
  const median = (name: string, key: keyof Figures) =>
    (figures.get(name) ?? []).map((each) => each[key]).sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
  console.log(`${concurrent} concurrent, medians of ${rounds} rounds of ${seconds} s`);
  for (const name of figures.keys()) {
    const cost = median(name, 'cost');
    const told = Number.isNaN(cost) ? '' : ` ${cost.toFixed(0).padStart(8)} us of processor in Node for one`;
    console.log(`  ${name.padEnd(16)} ${median(name, 'rate').toFixed(0).padStart(6)}/s${told}`);
  }
  const ratio = (a: string, b: string, key: keyof Figures) => median(a, key) / median(b, key);
  console.log(`  GET /user / GET /health: ${ratio('GET /user', 'GET /health', 'rate').toFixed(2)} by rate`);
  console.log(`  refresh / GET /user: ${ratio('refresh', 'GET /user', 'rate').toFixed(2)} by rate`);
  const signIns = ratio('sign-in', 'the hash alone', 'rate');
  console.log(
    `  sign-in / the hash alone: ${signIns.toFixed(2)} by rate   limit ${SIGN_IN_RATIO}: ${verdict(signIns >= SIGN_IN_RATIO)}`,
  );

  const delays: number[] = [];
  const idle: number[] = [];
  const slowest: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await asked(child, { ask: 'delay' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    idle.push(await asked(child, { ask: 'delay' }));
    const times = await Promise.all(people.map(({ email }) => timed(() => signIn(client, email))));
    delays.push(await asked(child, { ask: 'delay' }));
    slowest.push(Math.max(...times));
  }
  const middle = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
  const p99 = middle(delays);
  console.log(
    `${AT_ONCE} sign-ins at once: event loop delay p99 ${p99.toFixed(1)} ms (${middle(idle).toFixed(1)} with nobody), the last is in after ${middle(slowest).toFixed(0)} ms` +
      `   limit ${DELAY_LIMIT_MS} ms: ${verdict(p99 < DELAY_LIMIT_MS)}`,
  );
  child.disconnect();
  await once(child, 'exit');
}

const verdict = (reached: boolean) => (reached ? 'ok' : 'MISSED');

interface Person {
  readonly email: string;
  access_token: string;
  refresh_token: string;
}

type HttpClient = (
  method: string,
  path: string,
  token?: string,
  body?: object,
) => Promise<Readonly<Record<string, unknown>>>;

async function signUps(client: HttpClient, count: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let i = 0; i < count; i++) {
    const email = `person${i}@example.com`;
    const session = await client('POST', '/signup', undefined, { email, password: PASSWORD });
    people.push({ email, ...(session as { access_token: string; refresh_token: string }) });
  }
  return people;
}

const signIn = (client: HttpClient, email: string) =>
  client('POST', '/token?grant_type=password', undefined, { email, password: PASSWORD });

async function refresh(client: HttpClient, person: Person): Promise<void> {
  const { refresh_token } = person;
  const session = await client('POST', '/token?grant_type=refresh_token', undefined, { refresh_token });
  Object.assign(person, session);
}

async function costOf(
  child: ChildProcess,
  concurrent: number,
  seconds: number,
  run: (client: number) => Promise<unknown>,
): Promise<Figures> {
  const before = await asked(child, { ask: 'processor' });
  const { rate, done } = await measure(concurrent, seconds, run);
  const after = await asked(child, { ask: 'processor' });
  return { rate, cost: ((after - before) * 1000) / done };
}

async function asked(child: ChildProcess, question: Question): Promise<number> {
  child.send(question);
  const [answer] = (await once(child, 'message')) as [number];
  return answer;
}

async function measure(
  concurrent: number,
  seconds: number,
  run: (client: number) => Promise<unknown>,
): Promise<{ rate: number; done: number }> {
  let done = 0;
  const start = performance.now();
  const end = start + seconds * 1000;
  const client = async (index: number) => {
    for (; performance.now() < end; done++) await run(index);
  };
  await Promise.all(Array.from({ length: concurrent }, (_, index) => client(index)));
  return { rate: (done / (performance.now() - start)) * 1000, done };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/** Throws when an answer is a refusal. */
function httpClient(url: string, anonKey: string, connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return async (method, path, token, body) => {
    const sent = httpRequest(`${url}/auth/v1${path}`, {
      method,
      agent,
      headers: {
        apikey: anonKey,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
    });
    sent.end(body && JSON.stringify(body));
    const [answer] = await once(sent, 'response');
    const received = await text(answer);
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${received}`);
    return JSON.parse(received) as Readonly<Record<string, unknown>>;
  };
}

if (process.argv[2] === 'serve') await serve();
else await bench();
