/** What leaves by one channel, already worded. */
export interface OutgoingMessage {
  /** The same at every try: what receivers tell a repeat by. */
  readonly idempotencyKey: string;
  /** Mail address, chat id, or the address of a webhook or browser. */
  readonly recipient: string;
  readonly subject: string;
  /** HTML of a mail or chat message; JSON of a webhook or push. */
  readonly content: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export type Outcome =
  | { readonly kind: 'sent'; readonly externalId: string }
  /** Certainly not taken. */
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** Whether a later try may succeed. */
      readonly again: boolean;
      readonly retryAfterSeconds?: number;
      /** The recipient is no more: a browser that unsubscribed. */
      readonly gone?: boolean;
    }
  /** It may have been taken: the answer never came. */
  | { readonly kind: 'unclear'; readonly reason: string };

/** One vendor. `send` tries once and does not throw for what the vendor says. */
export interface Sender {
  send(message: OutgoingMessage, signal: AbortSignal): Promise<Outcome>;
  close(): void;
}
