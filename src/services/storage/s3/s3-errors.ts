import { StorageError } from '../errors.ts';
import { asStorageError } from '../http/answer.ts';

const make = (code: string, status: number, message: string) => () => new StorageError({ code, status, message });

/** What only S3 says. Source: Amazon S3 API reference, "List of error codes". */
export const S3_REFUSED = {
  invalidAccessKeyId: make('InvalidAccessKeyId', 403, 'The access key ID you provided does not exist in our records.'),
  signatureDoesNotMatch: make(
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ),
  requestTimeTooSkewed: make(
    'RequestTimeTooSkewed',
    403,
    'The difference between the request time and the current time is too large.',
  ),
  expired: make('AccessDenied', 403, 'Request has expired'),
  missingAuthentication: make('AccessDenied', 403, 'Access Denied'),
  malformedAuthorization: make(
    'AuthorizationHeaderMalformed',
    400,
    'The authorization header you provided is invalid.',
  ),
  badQueryParameters: make(
    'AuthorizationQueryParametersError',
    400,
    'Query-string authentication parameters are not valid.',
  ),
  contentHashMismatch: make(
    'XAmzContentSHA256Mismatch',
    400,
    'The provided x-amz-content-sha256 header does not match what was computed.',
  ),
  badDigest: make('BadDigest', 400, 'The Content-MD5 or checksum value you specified did not match what we received.'),
  incompleteBody: make(
    'IncompleteBody',
    400,
    'You did not provide the number of bytes specified by the Content-Length HTTP header.',
  ),
  malformedXml: make(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our published schema.',
  ),
  invalidArgument: make('InvalidArgument', 400, 'Invalid Argument'),
  invalidPart: make(
    'InvalidPart',
    400,
    'One or more of the specified parts could not be found or its entity tag did not match.',
  ),
  invalidPartOrder: make('InvalidPartOrder', 400, 'The list of parts was not in ascending order.'),
  entityTooSmall: make('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size'),
  preconditionFailed: make('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold'),
  notImplemented: make(
    'NotImplemented',
    501,
    'A header or query you provided implies functionality that is not implemented.',
  ),
  methodNotAllowed: make('MethodNotAllowed', 405, 'The specified method is not allowed against this resource.'),
} as const;

/** Codes that S3 has other words for. */
const WORDS: Readonly<Record<string, string>> = {
  InvalidKey: 'InvalidArgument',
  InvalidMimeType: 'InvalidArgument',
  Aborted: 'RequestTimeout',
  DatabaseTimeout: 'SlowDown',
  InsufficientStorage: 'ServiceUnavailable',
  InvalidJWT: 'InvalidToken',
};

export function asS3Error(error: unknown): StorageError {
  const known = asStorageError(error);
  const code = WORDS[known.code];
  return code ? new StorageError({ ...known, code, message: known.message, cause: known.cause ?? error }) : known;
}
