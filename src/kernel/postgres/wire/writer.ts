import { Binary, type Value } from '../database.ts';
import { valueText } from './encode.ts';

const CHUNK_BYTES = 32 * 1024;
/** Up to this many characters the worst case (3 bytes each) is reserved; longer strings are measured first. */
const SHORT_TEXT = 4096;
const MAX_PARAMETERS = 0xffff;
const BYTEA = 17;

/**
 * Encodes frontend messages (PostgreSQL, "Message Formats") one after another; `take` hands over what has gathered.
 * Bytes handed over are never written again, so the socket may keep them as long as it likes.
 */
export class MessageWriter {
  #buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  #start = 0;
  #end = 0;
  #lengthAt = 0;

  take(): Buffer {
    const taken = this.#buffer.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  /** Forgets what was written since the last `take`. */
  clear(): void {
    this.#end = this.#start;
  }

  /** `name` is empty or one of ours; throws when the text holds a NUL, that would end it early. */
  parse(name: string, text: string, oids: readonly number[]): void {
    this.#open(0x50);
    this.#name(name);
    this.#cstring(text);
    this.#int16(oids.length);
    for (const oid of oids) this.#int32(oid);
    this.#close();
  }

  /** Describes a statement; Postgres answers ParameterDescription, then RowDescription or NoData. */
  describe(name: string): void {
    this.#open(0x44);
    this.#byte(0x53);
    this.#name(name);
    this.#close();
  }

  /** Binds to the unnamed portal. */
  bind(name: string, values: readonly Value[], binaryResult: boolean): void {
    if (values.length > MAX_PARAMETERS)
      throw new RangeError(`a statement takes at most ${MAX_PARAMETERS} parameters, not ${values.length}`);
    this.#open(0x42);
    this.#byte(0);
    this.#name(name);
    this.#formats(values);
    this.#int16(values.length);
    for (const value of values) this.#value(value);
    if (binaryResult) {
      this.#int16(1);
      this.#int16(1);
    } else this.#int16(0);
    this.#close();
  }

  /** Executes the unnamed portal to its end. */
  execute(): void {
    this.#open(0x45);
    this.#byte(0);
    this.#int32(0);
    this.#close();
  }

  closeStatement(name: string): void {
    this.#open(0x43);
    this.#byte(0x53);
    this.#name(name);
    this.#close();
  }

  sync(): void {
    this.#open(0x53);
    this.#close();
  }

  terminate(): void {
    this.#open(0x58);
    this.#close();
  }

  /** PasswordMessage, SASLInitialResponse and SASLResponse share their type byte. */
  password(body: Uint8Array): void {
    this.#open(0x70);
    this.#bytes(body);
    this.#close();
  }

  #open(type: number): void {
    this.#reserve(5);
    this.#buffer[this.#end] = type;
    this.#lengthAt = this.#end + 1 - this.#start;
    this.#end += 5;
  }

  #close(): void {
    const at = this.#start + this.#lengthAt;
    const length = this.#end - at;
    if (length > 0x3fff_ffff) throw new RangeError('a message to Postgres is larger than 1 GB');
    putInt32(this.#buffer, at, length);
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const pending = this.#end - this.#start;
    const grown = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, 2 * pending, pending + bytes));
    this.#buffer.copy(grown, 0, this.#start, this.#end);
    this.#buffer = grown;
    this.#start = 0;
    this.#end = pending;
  }

  #byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#end++] = value;
  }

  #int16(value: number): void {
    this.#reserve(2);
    this.#buffer[this.#end++] = value >>> 8;
    this.#buffer[this.#end++] = value;
  }

  #int32(value: number): void {
    this.#reserve(4);
    putInt32(this.#buffer, this.#end, value);
    this.#end += 4;
  }

  #name(name: string): void {
    this.#reserve(name.length + 1);
    this.#end += this.#buffer.write(name, this.#end, 'latin1');
    this.#buffer[this.#end++] = 0;
  }

  #cstring(text: string): void {
    if (text.includes('\0')) throw new RangeError('the text of a statement holds a NUL character');
    this.#utf8(text);
    this.#byte(0);
  }

  #utf8(text: string): number {
    this.#reserve(text.length <= SHORT_TEXT ? 3 * text.length : Buffer.byteLength(text));
    const written = this.#buffer.write(text, this.#end, 'utf8');
    this.#end += written;
    return written;
  }

  #bytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  #formats(values: readonly Value[]): void {
    const binary = values.some(isBinary);
    this.#int16(binary ? values.length : 0);
    if (binary) for (const value of values) this.#int16(isBinary(value) ? 1 : 0);
  }

  #value(value: Value): void {
    if (typeof value === 'string') this.#text(value);
    else if (value === null || value === undefined) this.#int32(-1);
    else if (value instanceof Uint8Array) this.#counted(value);
    else if (value instanceof Binary) this.#counted(value.bytes);
    else this.#text(valueText(value));
  }

  #text(text: string): void {
    this.#int32(0);
    const length = this.#utf8(text);
    putInt32(this.#buffer, this.#end - length - 4, length);
  }

  #counted(bytes: Uint8Array): void {
    this.#int32(bytes.length);
    this.#bytes(bytes);
  }
}

function isBinary(value: Value): boolean {
  return typeof value === 'object' && (value instanceof Uint8Array || value instanceof Binary);
}

/** The type oids to declare in Parse: only where the value names its type; undefined when none does. */
export function declaredTypes(values: readonly Value[]): readonly number[] | undefined {
  if (!values.some(isBinary)) return undefined;
  return values.map((value) => (value instanceof Binary ? value.oid : value instanceof Uint8Array ? BYTEA : 0));
}

function putInt32(buffer: Buffer, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}
