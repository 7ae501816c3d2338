import { bucketRules } from '../buckets/bucket.ts';
import { createBucket } from '../buckets/create-bucket.ts';
import { deleteBucket } from '../buckets/delete-bucket.ts';
import { listBuckets as bucketsOf } from '../buckets/list-buckets.ts';
import type { S3Operation } from './s3-request.ts';
import { sendEmpty, sendXml } from './s3-request.ts';

export const listBuckets: S3Operation = async (request) => {
  const buckets = await bucketsOf(request.scope);
  sendXml(request, 'ListAllMyBucketsResult', {
    Owner: { ID: 'storage', DisplayName: 'storage' },
    Buckets: { Bucket: buckets.map(({ name, created_at: CreationDate }) => ({ Name: name, CreationDate })) },
  });
};

/** Private, without limits of its own; S3's region and access lists have no meaning here. */
export const makeBucket: S3Operation = async (request) => {
  await createBucket(request.scope, { name: request.bucket, public: false });
  sendEmpty(request, 200, { location: `/${request.bucket}` });
};

export const headBucket: S3Operation = async (request) => {
  await bucketRules(request.scope.parts, request.bucket);
  sendEmpty(request, 200, { 'x-amz-bucket-region': request.scope.parts.settings.s3.region });
};

export const removeBucket: S3Operation = async (request) => {
  await deleteBucket(request.scope, request.bucket);
  sendEmpty(request, 204);
};

export const bucketLocation: S3Operation = async (request) => {
  await bucketRules(request.scope.parts, request.bucket);
  const { region } = request.scope.parts.settings.s3;
  // The region that has no name in S3's own answers.
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${region === 'us-east-1' ? '' : region}</LocationConstraint>`;
  request.response.writeHead(200, { 'content-type': 'application/xml' }).end(body);
};

/** Old versions are not kept. */
export const bucketVersioning: S3Operation = async (request) => {
  await bucketRules(request.scope.parts, request.bucket);
  sendXml(request, 'VersioningConfiguration', {});
};
