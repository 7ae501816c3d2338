import type { Relation, Tuple } from '#kernel/postgres/replication/pgoutput.ts';

export type ChangeType = 'INSERT' | 'UPDATE' | 'DELETE';

/** One row that changed, as it left the log. */
export interface RowChange {
  readonly type: ChangeType;
  /** The table as it was when the row changed. */
  readonly relation: Relation;
  readonly row?: Tuple;
  readonly old?: Tuple;
  readonly committedAt: Date;
  /** Position of the commit, and which change of its transaction this is: together they are in order. */
  readonly commitLsn: bigint;
  readonly sequence: number;
  /** Low 32 bits of the transaction's number. */
  readonly xid: number;
}

/** What comes from the log, in order. A commit says that everything before `endLsn` has come. */
export type LogItem =
  | { readonly kind: 'change'; readonly change: RowChange }
  | { readonly kind: 'commit'; readonly endLsn: bigint };
