/** WebSocket frames made once and written to many sockets. Source: RFC 6455, 5.2; servers do not mask. */

const TEXT = 0x81;
const BINARY = 0x82;

/** A whole text frame. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerBytes(length) + length);
  frame.write(text, writeHeader(frame, TEXT, length), 'utf8');
  return frame;
}

/** A whole binary frame of these parts, one after the other. */
export function binaryFrame(...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = Buffer.allocUnsafe(headerBytes(length) + length);
  let at = writeHeader(frame, BINARY, length);
  for (const part of parts) {
    frame.set(part, at);
    at += part.length;
  }
  return frame;
}

const headerBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

function writeHeader(frame: Buffer, kind: number, length: number): number {
  frame[0] = kind;
  if (length < 126) {
    frame[1] = length;
    return 2;
  }
  if (length < 65_536) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
    return 4;
  }
  frame[1] = 127;
  frame.writeBigUInt64BE(BigInt(length), 2);
  return 10;
}
