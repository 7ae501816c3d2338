/** The slot that keeps the server from forgetting changes we have not seen. */
import { PostgresError } from '../sql-errors.ts';
import type { ReplicationConnection } from './connection.ts';

/**
 * `persistent` outlives the connection, so that nothing is lost while it is away; it is only used where the server limits how much
 * WAL a slot may hold back. A `temporary` one is gone with the connection.
 */
export type SlotKind = 'persistent' | 'temporary';

export interface ServerFacts {
  /** Undefined when the server can decode changes. */
  readonly obstacle: string | undefined;
  readonly slotKind: SlotKind;
  readonly databaseOid: number;
}

export interface SlotState {
  readonly activePid: number | undefined;
  /** The server has thrown away WAL that the slot needs. */
  readonly lost: boolean;
  readonly retainedBytes: number;
}

export async function readServerFacts(connection: ReplicationConnection): Promise<ServerFacts> {
  const [row] = await connection.command(
    `select current_setting('wal_level') as level, current_setting('max_slot_wal_keep_size') as keep,
            (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database()) as oid`,
  );
  const { level, keep, oid } = row!;
  return {
    obstacle: level === 'logical' ? undefined : `wal_level is ${level}, and must be logical`,
    slotKind: keep === '-1' ? 'temporary' : 'persistent',
    databaseOid: Number(oid),
  };
}

/** Name is plain lower case, as slots want it. */
export async function readSlot(connection: ReplicationConnection, name: string): Promise<SlotState | undefined> {
  const [row] = await connection.command(
    `select active_pid, wal_status, coalesce(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn), 0)::bigint as retained
     from pg_catalog.pg_replication_slots where slot_name = '${name}'`,
  );
  if (!row) return undefined;
  return {
    activePid: row['active_pid'] == null ? undefined : Number(row['active_pid']),
    lost: row['wal_status'] === 'lost',
    retainedBytes: Number(row['retained']),
  };
}

/** Makes the slot; waits for transactions that are open. Every change committed after this is in its stream. Returns that position. */
export async function createSlot(connection: ReplicationConnection, name: string, kind: SlotKind): Promise<bigint> {
  const temporary = kind === 'temporary' ? ' TEMPORARY' : '';
  const [row] = await connection.command(
    `CREATE_REPLICATION_SLOT ${name}${temporary} LOGICAL pgoutput NOEXPORT_SNAPSHOT`,
  );
  return parseLsn(row?.['consistent_point'] ?? '');
}

/** Takes the slot away, and whoever still holds it with it. */
export async function dropSlot(connection: ReplicationConnection, name: string): Promise<void> {
  await connection.command(
    `select pg_catalog.pg_terminate_backend(active_pid, 5000) from pg_catalog.pg_replication_slots
     where slot_name = '${name}' and active_pid is not null`,
  );
  await connection
    .command(
      `select pg_catalog.pg_drop_replication_slot(slot_name) from pg_catalog.pg_replication_slots where slot_name = '${name}'`,
    )
    .catch((error: unknown) => {
      if (!(error instanceof PostgresError && error.code === '42704')) throw error;
    });
}

export function parseLsn(text: string): bigint {
  const [high, low] = text.split('/');
  if (!high || !low) throw new RangeError(`"${text}" is no position in the log`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffff_ffffn).toString(16).toUpperCase()}`;
}
