/**
 * Whether a snapshot sees a transaction. The log tells of a commit before other sessions can see it: whoever asks at once about the row
 * finds nothing, and the change would be lost. Pure. Source: PostgreSQL 18, 9.27.10 (`pg_snapshot` as `xmin:xmax:xip,...`).
 */

const HALF = 0x8000_0000;

/** `xid`: the low 32 bits, as the log has them. */
export function sees(snapshot: string, xid: number): boolean {
  const [, xmax = '', running = ''] = snapshot.split(':');
  const low = (text: string) => Number(BigInt(text) & 0xffff_ffffn);
  // Transaction numbers wrap around: the difference says which is the later one.
  const ahead = (xid - low(xmax)) >>> 0;
  if (ahead < HALF) return false;
  return running === '' || !running.split(',').some((each) => low(each) === xid);
}
