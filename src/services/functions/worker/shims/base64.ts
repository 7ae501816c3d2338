/** `encoding/base64` of Deno's standard library, old names and new. */
const bytesOf = (data: string | ArrayBuffer | Uint8Array): Buffer =>
  typeof data === 'string' ? Buffer.from(data) : Buffer.from(data instanceof Uint8Array ? data : new Uint8Array(data));

export const encodeBase64 = (data: string | ArrayBuffer | Uint8Array): string => bytesOf(data).toString('base64');
export const decodeBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
export const encode = encodeBase64;
export const decode = decodeBase64;
