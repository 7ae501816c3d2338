/** Longest message we take: Postgres itself stops at 1 GB for a value; a larger length means that the stream is out of step. */
const MAX_MESSAGE_BYTES = 0x7fff_ffff;
const HEADER_BYTES = 5;
const FIRST_ALLOCATION = 64 * 1024;

/**
 * Takes one message: its type byte and where its body lies in `bytes`. When `owned` is false the bytes are reused
 * after the call, so whoever keeps them copies them.
 */
export type OnMessage = (type: number, bytes: Buffer, start: number, end: number, owned: boolean) => void;

/**
 * Cuts the byte stream into messages. A message that lies whole in a chunk is handed over in place; one that spans chunks is
 * gathered in a buffer of its own, that grows with what has arrived and not with what the header claims.
 */
export class MessageReader {
  onMessage: OnMessage;
  #held: Buffer | undefined;
  #heldBytes = 0;

  constructor(onMessage: OnMessage) {
    this.onMessage = onMessage;
  }

  /** Feeds the first `size` bytes of `chunk`. Throws a RangeError when a length cannot be true. */
  push(chunk: Buffer, size: number): void {
    let at = this.#held ? this.#complete(chunk, size) : 0;
    while (size - at >= HEADER_BYTES) {
      const total = messageBytes(chunk, at);
      if (size - at < total) break;
      this.onMessage(chunk[at] as number, chunk, at + HEADER_BYTES, at + total, false);
      at += total;
    }
    if (at < size) this.#hold(chunk, at, size);
  }

  #hold(chunk: Buffer, at: number, size: number): void {
    const rest = size - at;
    const total = rest >= HEADER_BYTES ? messageBytes(chunk, at) : HEADER_BYTES;
    this.#held = Buffer.allocUnsafeSlow(Math.min(total, Math.max(2 * rest, FIRST_ALLOCATION)));
    this.#heldBytes = chunk.copy(this.#held, 0, at, size);
  }

  /** Adds to the message held; hands it over when it is whole. Returns how much of the chunk was used. */
  #complete(chunk: Buffer, size: number): number {
    const at = this.#append(chunk, 0, size, HEADER_BYTES);
    if (this.#heldBytes < HEADER_BYTES) return at;
    const total = messageBytes(this.#held as Buffer, 0);
    const end = this.#append(chunk, at, size, total);
    if (this.#heldBytes < total) return end;
    const whole = this.#held as Buffer;
    this.#held = undefined;
    this.#heldBytes = 0;
    this.onMessage(whole[0] as number, whole, HEADER_BYTES, total, true);
    return end;
  }

  #append(chunk: Buffer, at: number, size: number, wanted: number): number {
    const take = Math.min(wanted - this.#heldBytes, size - at);
    if (take <= 0) return at;
    let held = this.#held as Buffer;
    const needed = this.#heldBytes + take;
    if (needed > held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(wanted, Math.max(needed, 2 * held.length)));
      held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = held = grown;
    }
    chunk.copy(held, this.#heldBytes, at, at + take);
    this.#heldBytes = needed;
    return at + take;
  }
}

/** Bytes of the message at `at`, its type byte included. */
function messageBytes(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 1);
  if (length < 4 || length > MAX_MESSAGE_BYTES) throw new RangeError(`a message claims ${length} bytes`);
  return length + 1;
}
