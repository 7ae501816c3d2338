import { ApiError } from '../../../app/api-error.ts';
import { t } from '../../../app/language.ts';
import { explain } from '../../../app/notice.tsx';
import { say } from './texts.ts';

/** Why a door stayed closed, in the reader's words; the codes are those of `/api/v1` and of the client of `/auth/v1`. */
export function refusalText(error: unknown): string {
  const { code } = error as { code?: string };
  switch (code) {
    case 'INVALID_CREDENTIALS':
    case 'invalid_credentials':
      return t('wrongPassword');
    case 'CONFLICT':
    case 'user_already_exists':
      return t('accountExists');
    case 'ACCOUNT_LOCKED':
      return say('locked', { minutes: Math.ceil(((error as ApiError).retryAfter ?? 900) / 60) });
    case 'EMAIL_NOT_VERIFIED':
      return say('notConfirmed');
    case 'TWO_FACTOR_REQUIRED':
      return say('wrongCode');
    case 'TOKEN_INVALID':
    case 'otp_expired':
      return say('expired');
    case 'FORBIDDEN':
    case 'user_banned':
      return say('suspended');
    case 'signup_disabled':
      return say('signUpsClosed');
    case 'weak_password':
      return say('weak');
    case 'over_email_send_rate_limit':
    case 'over_request_rate_limit':
      return say('tooMany');
    case 'VALIDATION_ERROR':
      return hasDetail(error, 'password') ? say('weak') : explain(error as Error);
    default:
      return error instanceof ApiError ? explain(error) : t('unreachable');
  }
}

const hasDetail = (error: unknown, name: string): boolean => {
  const { details } = error as ApiError;
  return typeof details === 'object' && details !== null && name in details;
};
