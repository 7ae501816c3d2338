/**
 * Messages of any size over a channel that carries 8000 bytes at a time: `NODE:NUMBER:INDEX:COUNT:TEXT`. The pieces of one sender
 * come in their order. Pure but for what has come of messages that are not whole yet.
 */

/** A NOTIFY takes less than 8000 bytes. */
const PIECE_BYTES = 7900;
/** Of one sender that are not whole; more means that pieces were lost. */
const MAX_OPEN = 4;

/** Cuts a message; no character is cut in two. */
export function cut(node: string, number: number, text: string): string[] {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length || pieces.length === 0; ) {
    let end = Math.min(at + PIECE_BYTES, bytes.length);
    // 10xxxxxx goes on with a character that began before.
    while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end--;
    pieces.push(bytes.toString('utf8', at, end));
    at = end;
  }
  return pieces.map((piece, index) => `${node}:${number}:${index}:${pieces.length}:${piece}`);
}

export interface Whole {
  readonly node: string;
  readonly text: string;
}

/** Puts the pieces together again. */
export class Assembler {
  readonly #open = new Map<string, Map<string, string[]>>();

  /** The message, when this was its last piece. */
  take(piece: string): Whole | undefined {
    const found = /^([^:]+):(\d+):(\d+):(\d+):/.exec(piece);
    if (!found) return undefined;
    const [head, node, number, index, count] = found as unknown as [string, string, string, string, string];
    const text = piece.slice(head.length);
    if (count === '1') return { node, text };
    const mine = this.#open.get(node) ?? new Map<string, string[]>();
    this.#open.set(node, mine);
    const pieces = mine.get(number) ?? [];
    mine.set(number, pieces);
    if (pieces.length !== Number(index)) {
      mine.delete(number);
      return undefined;
    }
    pieces.push(text);
    if (mine.size > MAX_OPEN) mine.delete(mine.keys().next().value!);
    if (pieces.length < Number(count)) return undefined;
    mine.delete(number);
    return { node, text: pieces.join('') };
  }

  forget(node: string): void {
    this.#open.delete(node);
  }
}
