/** Puts the parts of the realtime service together, and takes them apart again. */
import { randomBytes } from 'node:crypto';
import { alone } from './bus/alone.ts';
import { Feed } from './changes/feed.ts';
import { ChangeHub } from './changes/hub.ts';
import { Rooms } from './channels/room.ts';
import { sendFromSql } from './channels/sent-from-sql.ts';
import { startSweep } from './channels/sweep.ts';
import { DEFAULT_CONFIG } from './config.ts';
import type { Realtime, RealtimeMetrics, RealtimeOptions } from './contract.ts';
import { newCounters } from './counters.ts';
import { createListener } from './http/listener.ts';
import { Sockets } from './socket/accept.ts';
import type { Surroundings } from './surroundings.ts';

const CLOSE_GRACE_MS = 1000;
const WATCH_MS = 10_000;
const MESSAGES_PUBLICATION = 'freehold_realtime_messages';

/** Opens the service. It takes sockets at once; `ready` says whether and when changes flow. */
export async function openRealtime(options: RealtimeOptions): Promise<Realtime> {
  const { services, database, owner, verify } = options;
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const log = options.log.child({ module: 'realtime' });
  const rooms = new Rooms();
  const node = randomBytes(6).toString('base64url');
  const exchange = alone(node);
  const counters = newCounters();
  const ready = Promise.withResolvers<Awaited<Realtime['ready']>>();
  let gaps = 0;

  const hub = new ChangeHub({
    database,
    services,
    config,
    log,
    onMessage: (change) => sendFromSql(change, rooms),
    onCommit: (endLsn) => feed.confirm(endLsn),
    onDelivered: ({ commitLsn, sequence }) => feed.passed({ commitLsn, sequence }),
    onDrained: () => feed.resume(),
    onIdle: (idle) => feed.setIdle(idle),
  });
  const feed: Feed = new Feed({
    target: owner,
    publications: [config.publication, MESSAGES_PUBLICATION],
    maxRetainedBytes: config.maxRetainedWalBytes,
    log,
    onItem: (item) => hub.push(item),
    onLive: () => {
      hub.setState({ kind: 'live' });
      ready.resolve({ changes: 'on' });
    },
    onLost: () => {
      hub.setState({ kind: 'connecting' });
      return hub.forget();
    },
    onOff: (reason) => {
      hub.setState({ kind: 'off', reason });
      ready.resolve({ changes: 'off', reason });
    },
    onGap: (reason) => {
      gaps++;
      tellOfGap(sockets, reason);
    },
  });
  let refs = 0;
  const around: Surroundings = {
    config,
    log,
    services,
    verify,
    rooms,
    exchange,
    hub,
    counters,
    nextRef: () => `${node}${(++refs).toString(36)}`,
  };
  const sockets = new Sockets(around);
  const stopSweep = startSweep(sockets, around);
  feed.start();
  const watch = setInterval(() => {
    if (feed.slot !== undefined && hub.state.kind === 'live')
      void hub.retainedBytes(feed.slot).then(
        (bytes) => feed.watchRetained(bytes),
        () => undefined,
      );
  }, WATCH_MS).unref();

  const metrics = (): RealtimeMetrics => ({
    sockets: sockets.all.size,
    channels: [...sockets.all].reduce((sum, socket) => sum + socket.channels.size, 0),
    ...counters,
    changes: {
      state: hub.state.kind,
      decoded: hub.decoded,
      delivered: hub.delivery.delivered,
      dropped: hub.delivery.dropped + hub.delivery.visibility.failed,
      waiting: hub.waiting,
      lagMs: hub.delivery.lagMs,
      retainedWalBytes: feed.retainedBytes,
      reconnects: feed.reconnects,
      gaps,
      verdicts: { fast: hub.delivery.visibility.fast, plain: hub.delivery.visibility.plain },
    },
  });
  return {
    listener: createListener(around),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    metrics,
    ready: ready.promise,
    close: async () => {
      clearInterval(watch);
      stopSweep();
      await sockets.close(CLOSE_GRACE_MS);
      hub.close();
      await feed.close();
      await exchange.close();
    },
  };
}

/** Whoever listens to changes must know that some may be missing: only a read of the tables makes up for it. */
function tellOfGap(sockets: Sockets, reason: string): void {
  for (const socket of sockets.all)
    for (const channel of socket.channels.values())
      if (channel.joined && channel.config.changes.length > 0)
        channel.system('postgres_changes', 'error', `ChangesMayBeMissing: ${reason}; read the tables again`);
}
