import { Gauge, type Registry } from 'prom-client';
import type { RealtimeMetrics } from '#services/realtime/api.ts';

type Read = (metrics: RealtimeMetrics) => number;

const GAUGES: Readonly<Record<string, readonly [help: string, read: Read]>> = {
  sockets: ['Open WebSockets', ({ sockets }) => sockets],
  channels: ['Joined channels', ({ channels }) => channels],
  received: ['Messages from clients since the start', ({ received }) => received],
  delivered: ['Frames written to sockets since the start', ({ delivered }) => delivered],
  slow_sockets: ['Sockets closed because they read too slowly', ({ slowSockets }) => slowSockets],
  limited: ['Joins and messages refused by a limit', ({ limited }) => limited],
  changes_live: ['1 while database changes flow, here or from another process', ({ changes }) => flows(changes.state)],
  changes_decoded: ['Row changes read from the log since the start', ({ changes }) => changes.decoded],
  changes_delivered: ['Changes times channels that got them', ({ changes }) => changes.delivered],
  changes_dropped: ['Changes nobody got since the check of visibility failed', ({ changes }) => changes.dropped],
  changes_waiting: ['Changes read and not delivered yet', ({ changes }) => changes.waiting],
  changes_lag_seconds: ['From the commit to the last frame, of the last change', ({ changes }) => changes.lagMs / 1000],
  retained_wal_bytes: ['Log that the replication slot holds back', ({ changes }) => changes.retainedWalBytes],
  changes_gaps: ['Times the stream could not go on where it had stopped', ({ changes }) => changes.gaps],
};

const flows = (state: RealtimeMetrics['changes']['state']) => (state === 'live' || state === 'follower' ? 1 : 0);

/** Shows what realtime counts at /metrics, as `freehold_realtime_*`. */
export function registerRealtime(registry: Registry, metrics: () => RealtimeMetrics): void {
  for (const [name, [help, read]] of Object.entries(GAUGES))
    new Gauge({
      name: `freehold_realtime_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read(metrics()));
      },
    });
}
