/** Limits of the realtime service. The defaults are those of the hosted service where it publishes one. */
export interface RealtimeConfig {
  readonly maxSockets: number;
  readonly maxChannelsPerSocket: number;
  /** Of one socket. */
  readonly joinsPerSecond: number;
  /** Messages that a client sends, of one socket; heartbeats count too. */
  readonly eventsPerSecond: number;
  /** Of one message from a client, REST bodies included. */
  readonly maxMessageBytes: number;
  /** Of the values of one change; above it, fields of more than 64 bytes are left out and the change says `Error 413`. */
  readonly maxChangeBytes: number;
  /** Bytes that may wait for one socket; a client that reads more slowly is told and dropped. */
  readonly maxBacklogBytes: number;
  /** Changes that may wait for delivery before the stream from Postgres is paused. */
  readonly maxChangesWaiting: number;
  /** A socket that is silent for this long is closed; clients send a heartbeat every 25 s. */
  readonly silenceMs: number;
  /** How long a join waits for the stream of changes before it is refused. */
  readonly joinTimeoutMs: number;
  /** Publication whose tables send changes. */
  readonly publication: string;
  /** WAL that the slot may hold back before it is given up and subscribers are told; on a server without max_slot_wal_keep_size. */
  readonly maxRetainedWalBytes: number;
}

export const DEFAULT_CONFIG: RealtimeConfig = Object.freeze({
  maxSockets: 20_000,
  maxChannelsPerSocket: 100,
  joinsPerSecond: 500,
  eventsPerSecond: 1000,
  maxMessageBytes: 3_000_000,
  maxChangeBytes: 1024 * 1024,
  maxBacklogBytes: 4 * 1024 * 1024,
  maxChangesWaiting: 2000,
  silenceMs: 60_000,
  joinTimeoutMs: 8_000,
  publication: 'supabase_realtime',
  maxRetainedWalBytes: 1024 * 1024 * 1024,
});
