import { createBucketRoute } from './buckets/create-bucket.ts';
import { deleteBucketRoute } from './buckets/delete-bucket.ts';
import { emptyBucketRoute } from './buckets/empty-bucket.ts';
import { getBucketRoute } from './buckets/get-bucket.ts';
import { listBucketsRoute } from './buckets/list-buckets.ts';
import { updateBucketRoute } from './buckets/update-bucket.ts';
import { featureNotEnabled } from './errors.ts';
import type { Handler, Route } from './http/router.ts';
import { renderPublicRoute, renderRoute, renderSignedRoute } from './images/render-routes.ts';
import { copyObjectRoute } from './objects/copy-object.ts';
import { listObjectsRoute } from './objects/list-objects.ts';
import { listObjectsV2Route } from './objects/list-objects-v2.ts';
import { moveObjectRoute } from './objects/move-object.ts';
import { objectInfoRoute, publicObjectInfoRoute } from './objects/object-info.ts';
import { readObjectRoute, readPublicObjectRoute, readSignedObjectRoute } from './objects/read-object.ts';
import { removeObjectRoute, removeObjectsRoute } from './objects/remove-objects.ts';
import { signObjectRoute, signObjectsRoute } from './objects/sign-object.ts';
import { signUploadRoute, uploadSignedRoute } from './objects/signed-upload.ts';
import { updateObjectRoute, uploadObjectRoute } from './objects/upload-object.ts';

const notEnabled =
  (feature: string): Handler =>
  async () => {
    throw featureNotEnabled(feature);
  };

const route = (method: string, pattern: string, operation: string, handle: Handler): Route => ({
  method,
  pattern,
  operation,
  handle,
});

/** A reading route answers HEAD as it answers GET, without the bytes. */
const reading = (pattern: string, operation: string, handle: Handler): Route[] => [
  route('GET', pattern, operation, handle),
  route('HEAD', pattern, operation, handle),
];

/** Everything under /storage/v1 but S3 and resumable uploads, in order of precedence. */
export const ROUTES: readonly Route[] = [
  route('GET', '/status', 'status', async () => ({})),

  route('GET', '/bucket', 'bucket.list', listBucketsRoute),
  route('POST', '/bucket', 'bucket.create', createBucketRoute),
  route('GET', '/bucket/:bucket', 'bucket.get', getBucketRoute),
  route('PUT', '/bucket/:bucket', 'bucket.update', updateBucketRoute),
  route('DELETE', '/bucket/:bucket', 'bucket.delete', deleteBucketRoute),
  route('POST', '/bucket/:bucket/empty', 'bucket.empty', emptyBucketRoute),
  ...['GET', 'PUT', 'DELETE'].map((method) =>
    route(method, '/bucket/:bucket/lifecycle', 'bucket.lifecycle', notEnabled('lifecycle')),
  ),

  route('POST', '/object/list/:bucket', 'object.list', listObjectsRoute),
  route('POST', '/object/list-v2/:bucket', 'object.list_v2', listObjectsV2Route),
  route('POST', '/object/move', 'object.move', moveObjectRoute),
  route('POST', '/object/copy', 'object.copy', copyObjectRoute),

  route('POST', '/object/sign/:bucket', 'object.sign_many', signObjectsRoute),
  route('POST', '/object/sign/:bucket/*name', 'object.sign', signObjectRoute),
  ...reading('/object/sign/:bucket/*name', 'object.get_signed', readSignedObjectRoute),
  route('POST', '/object/upload/sign/:bucket/*name', 'object.sign_upload_url', signUploadRoute),
  route('PUT', '/object/upload/sign/:bucket/*name', 'object.upload_signed', uploadSignedRoute),

  ...reading('/object/info/public/:bucket/*name', 'object.info_public', publicObjectInfoRoute),
  ...reading('/object/info/authenticated/:bucket/*name', 'object.info_authenticated', objectInfoRoute),
  ...reading('/object/info/:bucket/*name', 'object.info_authenticated', objectInfoRoute),
  ...reading('/object/public/:bucket/*name', 'object.get_public', readPublicObjectRoute),
  ...reading('/object/authenticated/:bucket/*name', 'object.get_authenticated', readObjectRoute),
  ...reading('/object/:bucket/*name', 'object.get_authenticated', readObjectRoute),
  route('POST', '/object/:bucket/*name', 'object.upload', uploadObjectRoute),
  route('PUT', '/object/:bucket/*name', 'object.upload_update', updateObjectRoute),
  route('DELETE', '/object/:bucket/*name', 'object.delete', removeObjectRoute),
  route('DELETE', '/object/:bucket', 'object.delete_many', removeObjectsRoute),

  ...reading('/render/image/public/:bucket/*name', 'render.image_public', renderPublicRoute),
  ...reading('/render/image/sign/:bucket/*name', 'render.image_sign', renderSignedRoute),
  ...reading('/render/image/authenticated/:bucket/*name', 'render.image_authenticated', renderRoute),

  ...['GET', 'POST', 'PUT', 'DELETE'].flatMap((method) => [
    route(method, '/cdn/*path', 'cdn.purge', notEnabled('purgeCache')),
    route(method, '/vector/*path', 'vector', notEnabled('vectorBuckets')),
    route(method, '/iceberg/*path', 'iceberg', notEnabled('icebergCatalog')),
  ]),
];
