/**
 * People on pages, in one process: the calls of the product's own front end (kurzora.md 14.4) and of ours, each as one of the people, at
 * a steady rate whatever the server does. An answer's time counts from when the call was due, so that a server which stalls is not
 * spared the calls that would have come meanwhile.
 */
import { Agent, request } from 'node:http';

export interface Reader {
  readonly id: string;
  readonly token: string;
}
export type Order =
  | {
      readonly kind: 'begin';
      readonly url: string;
      readonly anonKey: string;
      readonly people: readonly Reader[];
      /** Calls a second. */
      readonly rate: number;
    }
  /** What was answered since last asked. */
  | { readonly kind: 'times' };

export interface Times {
  /** Milliseconds by call, in order of size. */
  readonly byCall: Readonly<Record<string, number[]>>;
  readonly failures: number;
  /** Calls under way. */
  readonly waiting: number;
}

const INDICATORS = 'indicators(id,indicator_name,timeframe,raw_value,score_contribution,scoring_version,metadata)';
const ALERT_COLUMNS =
  'id,email,name,subscription_tier,subscription_status,notification_settings,telegram_chat_id,daily_alerts_sent,last_alert_date,is_active';
const ONE = 'application/vnd.pgrst.object+json';
/** What a page asks for when it is opened, each as often as a page does. */
const CALLS: readonly { readonly name: string; readonly accept?: string; path(id: string): string }[] = [
  { name: 'users', accept: ONE, path: (id) => `/rest/v1/users?select=*&id=eq.${id}` },
  { name: 'users', accept: ONE, path: (id) => `/rest/v1/users?select=*&id=eq.${id}` },
  { name: 'alert settings', accept: ONE, path: (id) => `/rest/v1/users?select=${ALERT_COLUMNS}&id=eq.${id}` },
  {
    name: 'signals',
    path: () =>
      `/rest/v1/trading_signals?select=*,${INDICATORS}&status=eq.active&confidence_score=gte.30&order=confidence_score.desc&limit=50`,
  },
  { name: 'sectors', path: () => '/rest/v1/active_stocks?select=sector&sector=not.is.null&sector=not.eq.' },
  { name: 'open trades', path: (id) => `/rest/v1/paper_trades?select=ticker&user_id=eq.${id}&is_open=eq.true` },
  { name: 'trades', path: (id) => `/rest/v1/paper_trades?select=*&user_id=eq.${id}&order=created_at.desc` },
  {
    name: 'trade times',
    path: (id) => `/rest/v1/paper_trades?select=created_at&user_id=eq.${id}&order=created_at.asc`,
  },
  { name: 'dashboard', path: () => '/api/v1/dashboard/overview' },
];

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
let times: Record<string, number[]> = {};
let failures = 0;
let waiting = 0;

function begin({ url, anonKey, people, rate }: Extract<Order, { kind: 'begin' }>): void {
  const { hostname, port } = new URL(url);
  const started = performance.now();
  let sent = 0;
  const turn = () => {
    const due = Math.floor(((performance.now() - started) / 1000) * rate);
    for (; sent < due; sent++) {
      const { name, accept, path } = CALLS[sent % CALLS.length]!;
      const person = people[(sent * 7919) % people.length]!;
      ask(name, path(person.id), person.token, accept, started + ((sent + 1) / rate) * 1000);
    }
  };
  setInterval(turn, 5);

  function ask(name: string, path: string, token: string, accept: string | undefined, dueAt: number): void {
    waiting++;
    const headers = {
      apikey: anonKey,
      authorization: `Bearer ${token}`,
      'x-client-info': 'supabase-js-web/2.50.0',
      'x-my-custom-header': 'kurzora-platform',
      ...(accept && { accept }),
    };
    const call = request({ hostname, port, path, headers, agent }, (response) => {
      response.resume().on('end', () => {
        waiting--;
        if (response.statusCode !== 200) failures++;
        times[name] ??= [];
        times[name].push(performance.now() - dueAt);
      });
    });
    call.on('error', () => {
      waiting--;
      failures++;
    });
    call.end();
  }
}

process.on('message', (order: Order) => {
  if (order.kind === 'begin') begin(order);
  for (const list of Object.values(times)) list.sort((a, b) => a - b);
  process.send!({ byCall: times, failures, waiting } satisfies Times);
  times = {};
  failures = 0;
});
process.on('disconnect', () => process.exit());
