import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import busboy, { type Busboy } from 'busboy';
import { REFUSED } from '../errors.ts';
import { headerText, mediaType, metadataOf, type UploadHeaders, type UploadSource } from './upload-source.ts';

const MAX_FIELDS = 20;
const MAX_FIELD_BYTES = 256 * 1024;

/**
 * A form with one file, under whatever name, and the fields `cacheControl` (seconds), `metadata` (JSON), `contentEncoding` and
 * `contentType`, which the official client sends before the file. Resolves when the file begins. Further files are passed over.
 */
export async function multipartSource(request: IncomingMessage): Promise<UploadSource> {
  const form = openForm(request);
  const fields = new Map<string, string>();
  form.on('field', (name, value) => fields.set(name, value));
  const ended = new Promise<void>((resolve, reject) => form.once('close', resolve).once('error', reject));
  ended.catch(() => {});
  const begun = new Promise<{ bytes: Readable; mimeType: string }>((resolve, reject) => {
    let first = true;
    form.on('file', (_name, bytes, { mimeType }) => {
      if (first) resolve({ bytes, mimeType });
      else bytes.resume();
      first = false;
    });
    form.once('close', () => reject(REFUSED.invalidRequest({ message: 'The form has no file' })));
    form.once('error', (cause: Error) => reject(REFUSED.invalidRequest({ message: cause.message, cause })));
  });
  request.once('close', () => {
    if (!request.complete) form.destroy(REFUSED.aborted());
  });
  request.pipe(form);
  const { bytes, mimeType } = await begun;
  bytes.once('error', () => {});
  const headers = () => headersOf(fields, mimeType);
  return {
    headers: headers(),
    bytes,
    finish: async () => {
      await ended;
      return headers();
    },
  };
}

function openForm({ headers }: IncomingMessage): Busboy {
  try {
    const limits = { fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, parts: MAX_FIELDS + 1 };
    return busboy({ headers, limits, defParamCharset: 'utf8' });
  } catch (cause) {
    throw REFUSED.invalidRequest({ message: (cause as Error).message, cause });
  }
}

function headersOf(fields: ReadonlyMap<string, string>, mimeType: string): UploadHeaders {
  const seconds = fields.get('cacheControl');
  return {
    mimeType: mediaType(fields.get('contentType') || mimeType),
    cacheControl: (seconds && headerText(`max-age=${seconds}`)) || 'no-cache',
    contentEncoding: headerText(fields.get('contentEncoding')),
    userMetadata: metadataOf(fields.get('metadata'), 'utf8'),
  };
}
