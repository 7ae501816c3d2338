import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { featureNotEnabled, type StorageError } from '../errors.ts';
import { type Door, limitRest } from '../http/listener.ts';
import type { Parts } from '../parts.ts';
import { authenticate } from './authenticate.ts';
import {
  bucketLocation,
  bucketVersioning,
  headBucket,
  listBuckets,
  makeBucket,
  removeBucket,
} from './bucket-operations.ts';
import { listObjects, listObjectsV2 } from './list-operations.ts';
import { multipartOperations } from './multipart-operations.ts';
import type { MultipartStore } from './multipart-store.ts';
import { copyOver, deleteObject, deleteObjects, objectTags, putObject, readObject } from './object-operations.ts';
import { asS3Error, S3_REFUSED } from './s3-errors.ts';
import { header, type S3Operation } from './s3-request.ts';
import { toXml } from './xml.ts';

const PATH = '/s3';

/** Operation by what the request is about, its method, and the parameter that names a part of it. */
interface Choice {
  readonly on: 'service' | 'bucket' | 'object';
  readonly method: string;
  /** A parameter that must be there. */
  readonly parameter?: string;
  /** A header that must be there. */
  readonly header?: string;
  readonly name: string;
  readonly operation: S3Operation;
}

/** S3's operations, the special ones before the plain ones. */
function choices(store: MultipartStore): readonly Choice[] {
  const multipart = multipartOperations(store);
  return [
    { on: 'service', method: 'GET', name: 'bucket.list', operation: listBuckets },

    { on: 'bucket', method: 'GET', parameter: 'location', name: 'bucket.location', operation: bucketLocation },
    { on: 'bucket', method: 'GET', parameter: 'versioning', name: 'bucket.versioning', operation: bucketVersioning },
    { on: 'bucket', method: 'GET', parameter: 'uploads', name: 'upload.list', operation: multipart.listUploads },
    { on: 'bucket', method: 'GET', parameter: 'list-type', name: 'object.list', operation: listObjectsV2 },
    { on: 'bucket', method: 'GET', name: 'object.list', operation: listObjects },
    { on: 'bucket', method: 'HEAD', name: 'bucket.head', operation: headBucket },
    { on: 'bucket', method: 'PUT', name: 'bucket.create', operation: makeBucket },
    { on: 'bucket', method: 'DELETE', name: 'bucket.delete', operation: removeBucket },
    { on: 'bucket', method: 'POST', parameter: 'delete', name: 'object.delete_many', operation: deleteObjects },

    { on: 'object', method: 'GET', parameter: 'uploadId', name: 'upload.part.list', operation: multipart.listParts },
    { on: 'object', method: 'GET', parameter: 'tagging', name: 'object.tagging', operation: objectTags },
    { on: 'object', method: 'GET', name: 'object.get', operation: readObject },
    { on: 'object', method: 'HEAD', name: 'object.info', operation: readObject },
    {
      on: 'object',
      method: 'PUT',
      parameter: 'uploadId',
      header: 'x-amz-copy-source',
      name: 'upload.part.copy',
      operation: multipart.copyPart,
    },
    { on: 'object', method: 'PUT', parameter: 'uploadId', name: 'upload.part.create', operation: multipart.uploadPart },
    { on: 'object', method: 'PUT', header: 'x-amz-copy-source', name: 'object.copy', operation: copyOver },
    { on: 'object', method: 'PUT', name: 'object.create', operation: putObject },
    { on: 'object', method: 'POST', parameter: 'uploads', name: 'upload.create', operation: multipart.begin },
    { on: 'object', method: 'POST', parameter: 'uploadId', name: 'upload.complete', operation: multipart.complete },
    { on: 'object', method: 'DELETE', parameter: 'uploadId', name: 'upload.abort', operation: multipart.abort },
    { on: 'object', method: 'DELETE', name: 'object.delete', operation: deleteObject },
  ];
}

/** Parts of buckets and objects that S3 knows and this server does not: they must not pass for the plain operation. */
const UNSERVED = new Set(
  (
    'acl policy policyStatus cors lifecycle encryption website logging notification replication tagging object-lock retention legal-hold torrent ' +
    'restore select accelerate requestPayment ownershipControls publicAccessBlock analytics inventory metrics intelligent-tiering versions attributes'
  ).split(' '),
);

/** The S3 protocol under /storage/v1/s3, with path-style addresses. */
export function s3Door(parts: Parts, store: MultipartStore): Door {
  const list = choices(store);
  return (request, response, path, query) => {
    if (path !== PATH && !path.startsWith(`${PATH}/`)) return false;
    void answer(
      parts,
      list,
      request,
      response,
      path.slice(PATH.length + 1),
      new URLSearchParams(query.replaceAll('+', '%2B')),
    );
    return true;
  };
}

async function answer(
  parts: Parts,
  list: readonly Choice[],
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  query: URLSearchParams,
): Promise<void> {
  const id = randomUUID();
  response.setHeader('x-amz-request-id', id);
  try {
    if (!parts.settings.s3.enabled) throw featureNotEnabled('s3Protocol');
    const slash = path.indexOf('/');
    const bucket = decoded(slash < 0 ? path : path.slice(0, slash));
    const key = decoded(slash < 0 ? '' : path.slice(slash + 1));
    const signed = await authenticate(parts, request, query);
    const { name, operation } = choose(
      list,
      request,
      query,
      bucket === '' ? 'service' : key === '' ? 'bucket' : 'object',
    );
    const settings = {
      'storage.operation': `storage.s3.${name}`,
      'request.method': request.method ?? '',
      'request.path': `${PATH}/${path}`,
    };
    const scope = { parts, caller: signed.caller, settings };
    await operation({ request, response, scope, signed, query, bucket, key });
  } catch (error) {
    refuse(parts, request, response, asS3Error(error), id);
  }
}

function choose(list: readonly Choice[], request: IncomingMessage, query: URLSearchParams, on: Choice['on']): Choice {
  const choice = list.find(
    (each) =>
      each.on === on &&
      each.method === request.method &&
      (each.parameter === undefined || query.has(each.parameter)) &&
      (each.header === undefined || header(request, each.header) !== undefined),
  );
  if (!choice) throw S3_REFUSED.methodNotAllowed();
  if (choice.parameter === undefined && [...query.keys()].some((name) => UNSERVED.has(name)))
    throw S3_REFUSED.notImplemented();
  return choice;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw S3_REFUSED.invalidArgument();
  }
}

function refuse(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
  error: StorageError,
  id: string,
): void {
  if (error.status >= 500 && error.status < 507 && error.status !== 501)
    parts.log.error({ err: error.cause ?? error, requestId: id }, 's3 failed');
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  limitRest(request);
  const { code: Code, message: Message } = error;
  const body = Buffer.from(
    toXml('Error', { Code, Message, Resource: request.url?.split('?')[0], RequestId: id }, false),
  );
  response.writeHead(error.status, { 'content-type': 'application/xml', 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
