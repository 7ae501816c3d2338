/** Puts the parts of the realtime service together, and takes them apart again. */
import { setTimeout as delay } from 'node:timers/promises';
import { Exchange } from './bus/exchange.ts';
import { PostgresBus } from './bus/postgres-bus.ts';
import { ChangeHub } from './changes/hub.ts';
import { Relay } from './changes/relay.ts';
import { Rooms } from './channels/room.ts';
import { sendFromSql } from './channels/sent-from-sql.ts';
import { startSweep } from './channels/sweep.ts';
import { startUpkeep } from './channels/upkeep.ts';
import { DEFAULT_CONFIG } from './config.ts';
import type { Realtime, RealtimeMetrics, RealtimeOptions } from './contract.ts';
import { newCounters } from './counters.ts';
import { createListener } from './http/listener.ts';
import { Sockets } from './socket/accept.ts';
import type { Surroundings } from './surroundings.ts';

const CLOSE_GRACE_MS = 1000;
const WATCH_MS = 10_000;
/** How long a start waits for the bus, and for the others to say what they have; it goes on without them. */
const CONNECT_MS = 3000;
const GREETING_MS = 1000;

/** Opens the service. It takes sockets at once; `ready` says whether and when changes flow. */
export async function openRealtime(options: RealtimeOptions): Promise<Realtime> {
  const { services, database, owner, verify } = options;
  const config = { ...DEFAULT_CONFIG, ...options.config };
  const log = options.log.child({ module: 'realtime' });
  const rooms = new Rooms();
  const counters = newCounters();
  const ready = Promise.withResolvers<Awaited<Realtime['ready']>>();
  let gaps = 0;
  const onGap = (reason: string) => {
    gaps++;
    tellOfGap(sockets, reason);
  };

  const hub = new ChangeHub({
    database,
    services,
    config,
    log,
    onMessage: (change) => sendFromSql(change, rooms),
    onBatch: async (items) => {
      if (bus.leads)
        await exchange.changes(items).catch((error: unknown) => log.warn({ err: error }, 'changes were not passed on'));
    },
    onDelivered: (item) => relay.delivered(item),
    onDrained: () => relay.feed?.resume(),
    onIdle: (idle) => relay.feed?.setIdle(idle),
    onState: (state) => {
      if (state.kind === 'live') ready.resolve({ changes: 'on' });
      else if (state.kind === 'off') ready.resolve({ changes: 'off', reason: state.reason });
    },
  });
  const bus: PostgresBus = new PostgresBus({
    target: owner,
    url: options.busUrl,
    log,
    onMessage: (from, text) => exchange.receive(from, text),
    onOpen: (again) => {
      if (!again) return;
      void exchange.greet(GREETING_MS);
      // Alone, our own lock may only be late to go: then we decode again, from where we had stopped.
      if (!bus.leads && bus.peers.size > 0)
        onGap('the connection to the process that reads changes was lost for a while');
    },
    onClosed: () => {
      if (!bus.leads) hub.setState({ kind: 'connecting' });
    },
    onTransportBack: () => {
      void exchange.greet(GREETING_MS);
      if (bus.peers.size === 0) return;
      const reason = 'the connection between the processes was lost for a while';
      if (bus.leads) exchange.gap(reason);
      else onGap(reason);
    },
    onPeerGone: (peer) => exchange.peerGone(peer),
    onLeader: (leads) => relay.lead(leads),
    onLed: (led) => relay.hearLed(led),
  });
  const exchange: Exchange = new Exchange(bus, rooms, {
    onChanges: (items) => relay.hear(items),
    onState: (live, off) => relay.hearState(live, off),
    onGap,
    liveHere: () => (bus.leads ? hub.state.kind === 'live' : undefined),
  });
  const relay: Relay = new Relay({ target: owner, config, log, hub, bus, exchange, onGap });
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
    nextRef: () => `${bus.node}-${(++refs).toString(36)}`,
  };
  const sockets = new Sockets(around);
  const stopSweep = startSweep(sockets, around);
  const stopUpkeep = startUpkeep(services, log);
  await Promise.race([bus.open(), delay(CONNECT_MS, undefined, { ref: false })]);
  await exchange.greet(GREETING_MS);
  const watch = setInterval(() => void watchSlot(relay, hub), WATCH_MS).unref();

  const metrics = (): RealtimeMetrics => ({
    sockets: sockets.all.size,
    channels: [...sockets.all].reduce((sum, socket) => sum + socket.channels.size, 0),
    ...counters,
    changes: {
      state: hub.state.kind === 'live' && !bus.leads ? 'follower' : hub.state.kind,
      decoded: hub.decoded,
      delivered: hub.delivery.delivered,
      dropped: hub.delivery.dropped + hub.delivery.visibility.failed,
      waiting: hub.waiting,
      lagMs: hub.delivery.lagMs,
      retainedWalBytes: relay.retainedBytes,
      reconnects: relay.reconnects,
      gaps,
      verdicts: { fast: hub.delivery.visibility.fast, plain: hub.delivery.visibility.plain },
    },
  });
  return {
    listener: createListener(around),
    upgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
    disconnect: () => sockets.close(CLOSE_GRACE_MS),
    metrics,
    ready: ready.promise,
    close: async () => {
      clearInterval(watch);
      stopSweep();
      stopUpkeep();
      await sockets.close(CLOSE_GRACE_MS);
      hub.close();
      await relay.close();
      await bus.close();
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

async function watchSlot(relay: Relay, hub: ChangeHub): Promise<void> {
  const { feed } = relay;
  if (feed?.slot === undefined || hub.state.kind !== 'live') return;
  const bytes = await hub.retainedBytes(feed.slot).catch(() => undefined);
  if (bytes === undefined) return;
  relay.retainedBytes = bytes;
  feed.watchRetained(bytes);
}
