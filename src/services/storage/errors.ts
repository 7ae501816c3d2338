/**
 * What storage refuses, as Supabase's storage API words it: the real status inside the body, 400 outside for nearly all of them.
 * S3 answers are made from the same rows (`code` is S3's word where S3 has one).
 */
export interface StorageErrorOptions {
  /** The word for programs: `NoSuchKey`. */
  readonly code: string;
  /** The status that the body and S3 show. */
  readonly status: number;
  readonly message: string;
  /** The word that older clients look at; the code where nothing else is said. */
  readonly label?: string;
  /** The status that HTTP shows, where it is not 400. */
  readonly httpStatus?: number;
  readonly cause?: unknown;
}

export class StorageError extends Error {
  readonly code: string;
  readonly status: number;
  readonly label: string;
  readonly httpStatus: number;

  constructor(options: StorageErrorOptions) {
    super(options.message, { cause: options.cause });
    this.name = 'StorageError';
    this.code = options.code;
    this.status = options.status;
    this.label = options.label ?? options.code;
    this.httpStatus = options.httpStatus ?? (options.status >= 500 || options.status === 429 ? options.status : 400);
  }

  /** The body of the answer. */
  toJSON(): { statusCode: string; error: string; message: string; code: string } {
    return { statusCode: String(this.status), error: this.label, message: this.message, code: this.code };
  }
}

const make =
  (code: string, status: number, message: string, label?: string) =>
  (options: { message?: string; cause?: unknown } = {}) =>
    new StorageError({ code, status, message: options.message ?? message, label, cause: options.cause });

/** The one table of refusals. */
export const REFUSED = {
  noSuchBucket: make('NoSuchBucket', 404, 'Bucket not found', 'Bucket not found'),
  noSuchKey: make('NoSuchKey', 404, 'Object not found', 'not_found'),
  noSuchUpload: make('NoSuchUpload', 404, 'Upload not found'),
  noSuchRoute: make('NoSuchRoute', 404, 'Route not found', 'Not Found'),
  bucketExists: make('BucketAlreadyExists', 409, 'The resource already exists', 'Duplicate'),
  keyExists: make('KeyAlreadyExists', 409, 'The resource already exists', 'Duplicate'),
  bucketNotEmpty: make('BucketNotEmpty', 409, 'The bucket you tried to delete is not empty', 'InvalidRequest'),
  relatedNotFound: make('RelatedResourceNotFound', 404, 'The related resource does not exist', 'not_found'),
  tooLarge: make('EntityTooLarge', 413, 'The object exceeded the maximum allowed size', 'Payload too large'),
  accessDenied: make('AccessDenied', 403, 'new row violates row-level security policy', 'Unauthorized'),
  invalidJwt: make('InvalidJWT', 400, 'Invalid JWT'),
  expiredToken: make('ExpiredToken', 400, 'The provided token has expired'),
  invalidSignature: make('InvalidSignature', 400, 'Invalid signature'),
  invalidBucketName: make('InvalidBucketName', 400, 'Bucket name invalid', 'Invalid Input'),
  invalidRequest: make('InvalidRequest', 400, 'The request is not valid', 'Error'),
  invalidRange: make('InvalidRange', 416, 'The requested range is not satisfiable'),
  invalidMetadata: make('InvalidParameter', 400, 'metadata is not valid JSON', 'invalid_parameter'),
  invalidFileSize: make('InvalidParameter', 400, 'file_size_limit is not a size', 'invalid_parameter'),
  missingLength: make('MissingContentLength', 411, 'You must provide the Content-Length HTTP header.'),
  slowDown: make('SlowDown', 503, 'The server is busy; try again'),
  timeout: make('DatabaseTimeout', 544, 'The database took too long to answer'),
  internal: make('InternalError', 500, 'Internal server error'),
  aborted: make('Aborted', 499, 'The request was cut off'),
} as const;

export const invalidKey = (key: string): StorageError =>
  new StorageError({ code: 'InvalidKey', status: 400, message: `Invalid key: ${key}` });

export const invalidMimeType = (type: string): StorageError =>
  new StorageError({
    code: 'InvalidMimeType',
    status: 415,
    message: `mime type ${type} is not supported`,
    label: 'invalid_mime_type',
  });

export const featureNotEnabled = (feature: string): StorageError =>
  new StorageError({
    code: 'FeatureNotEnabled',
    status: 403,
    message: `The feature ${feature} is not enabled for this resource`,
  });

/** WebDAV's word for a disk that has no room (RFC 4918, 11.5). */
export const insufficientStorage = (): StorageError =>
  new StorageError({
    code: 'InsufficientStorage',
    status: 507,
    message: 'There is not enough free space to store this object',
  });
