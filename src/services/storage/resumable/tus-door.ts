import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server, type Upload } from '@tus/server';
import { REFUSED, StorageError } from '../errors.ts';
import { asStorageError } from '../http/answer.ts';
import { callerOf } from '../http/caller.ts';
import { type Door, limitRest, PREFIX } from '../http/listener.ts';
import { type Caller, ownerOf, type Parts, type Scope } from '../parts.ts';
import { announce, finish } from './announce.ts';
import type { UploadFiles, UploadRecord } from './upload-files.ts';

const PATH = '/upload/resumable';
const SIGNED_PATH = `${PATH}/sign`;

/** What the tus server's request has of ours: the hooks get no more than the request. */
type TusRequest = { readonly headers: Headers; readonly runtime?: { node?: { req: IncomingMessage } } };

interface Visit {
  readonly scope: Scope;
  readonly signed: boolean;
  /** Of the upload that this request speaks of. */
  record?: UploadRecord;
}

/**
 * Resumable uploads, tus 1.0.0, by the protocol's own server over files of ours. Errors keep their real status here, as upstream has it,
 * and the message is the whole body.
 */
export function tusDoor(parts: Parts, files: UploadFiles): Door {
  const visits = new WeakMap<IncomingMessage, Visit>();
  const visitOf = (request: unknown) => visits.get((request as TusRequest).runtime!.node!.req)!;
  const server = new Server({
    path: PREFIX + PATH,
    datastore: files,
    exposedHeaders: ['Upload-Expires', 'X-Request-Id'],
    namingFunction: async (request, metadata = {}) => {
      const visit = visitOf(request);
      visit.record = await announced(visit, request.headers, metadata);
      files.announced.set(visit.record.id, visit.record);
      return visit.record.id;
    },
    maxSize: async (request, id) => (visitOf(request).record ?? (id ? await files.record(id) : undefined))?.limit ?? 0,
    generateUrl: (request, { id }) =>
      `${originOf(parts, request.headers)}${PREFIX}${visitOf(request).signed ? SIGNED_PATH : PATH}/${id}`,
    onIncomingRequest: async (request, id) => {
      const visit = visitOf(request);
      if (visit.record) return;
      visit.record = await files.record(id);
      requireSame(visit.record, visit);
    },
    onUploadFinish: async (request, upload: Upload) => {
      await finish(visitOf(request).scope, files, upload.id);
      return {};
    },
    onResponseError: (_request, error) => answerOf(parts, error),
  });
  return (request, response, path) => {
    if (path !== PATH && !path.startsWith(`${PATH}/`)) return false;
    void enter(server, parts, visits, request, response, path);
    return true;
  };
}

async function enter(
  server: Server,
  parts: Parts,
  visits: WeakMap<IncomingMessage, Visit>,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  try {
    const signed = path === SIGNED_PATH || path.startsWith(`${SIGNED_PATH}/`);
    const caller = await (signed ? signerOf(parts, request) : callerOf(parts, request.headers.authorization));
    const settings = {
      'storage.operation': `storage.tus.upload.${request.method === 'POST' ? 'create' : 'part'}`,
      'request.method': request.method ?? '',
      'request.path': path,
    };
    visits.set(request, { scope: { parts, caller, settings }, signed });
    // The address as the tus server knows it, wherever this is mounted.
    if (!request.url?.startsWith(PREFIX)) request.url = PREFIX + request.url;
    await server.handle(request, response);
  } catch (error) {
    const { status_code: status, body } = answerOf(parts, error as Error);
    limitRest(request);
    if (response.headersSent) response.destroy();
    else
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'tus-resumable': '1.0.0' }).end(body);
  }
}

/** Header `x-signature` holds the token of a signed upload; what it allows was asked when it was signed. */
async function signerOf(parts: Parts, request: IncomingMessage): Promise<Caller> {
  const { owner } = await parts.tokens.verify(tokenOf(request), 'write');
  const claims = { role: 'service_role', ...(owner && { sub: owner }) };
  return { identity: { role: 'service_role', claims }, authenticated: true };
}

function tokenOf({ headers }: { headers: IncomingMessage['headers'] | Headers }): string | null {
  const value = headers instanceof Headers ? headers.get('x-signature') : headers['x-signature'];
  return typeof value === 'string' ? value : null;
}

async function announced(
  { scope, signed }: Visit,
  headers: Headers,
  metadata: Record<string, string | null>,
): Promise<UploadRecord> {
  if (!signed) return announce(scope, { metadata, overwrite: headers.get('x-upsert') === 'true' });
  const { url, owner, upsert } = await scope.parts.tokens.verify(tokenOf({ headers }), 'write');
  const slash = url.indexOf('/');
  const allowed = { bucket: url.slice(0, slash), name: url.slice(slash + 1), owner };
  return announce(scope, { metadata, overwrite: upsert, signed: allowed });
}

/** Only who began an upload goes on with it, whoever knows its address. */
function requireSame(record: UploadRecord, { scope, signed }: Visit): void {
  const sameOwner = ownerOf(scope.caller) === record.owner;
  const sameKind = signed === record.signed && (signed || scope.caller.identity.role === record.role);
  if (!sameOwner || !sameKind) throw REFUSED.accessDenied({ message: 'This upload belongs to somebody else' });
}

function originOf(parts: Parts, headers: Headers): string {
  const known = parts.publicUrl?.();
  const host = headers.get('x-forwarded-host') ?? headers.get('host');
  if (!host) return known ?? '';
  const proto = headers.get('x-forwarded-proto')?.split(',')[0]?.trim();
  return `${proto === 'https' || known?.startsWith('https:') ? 'https' : 'http'}://${host}`;
}

function answerOf(
  parts: Parts,
  error: Error | { status_code: number; body: string },
): { status_code: number; body: string } {
  if ('status_code' in error && 'body' in error) return error;
  const known = error instanceof StorageError ? error : asStorageError(error);
  if (known.status >= 500 && known.status !== 507)
    parts.log.error({ err: known.cause ?? known }, 'a resumable upload failed');
  return { status_code: known.status, body: known.message };
}
