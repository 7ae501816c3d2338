import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { ApiError } from './api-error.ts';
import { currentLanguage, type MessageKey, t } from './language.ts';

/** A state of a whole region: empty, unknown, broken. Says what is the case and what to do. */
export function Notice({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <section className="notice" aria-label={title}>
      <h2>{title}</h2>
      {children ? <div className="quiet">{children}</div> : null}
      {action ? <p>{action}</p> : null}
    </section>
  );
}

/** What went wrong, in a person's words, with the request id that finds it in the log. */
export function FailureNotice({ what, error, retry }: { what: string; error: Error; retry: () => void }) {
  return (
    <div role="alert">
      <Notice
        title={what}
        action={
          <Button className="button" onPress={retry}>
            {t('tryAgain')}
          </Button>
        }
      >
        <p>{explain(error)}</p>
      </Notice>
    </div>
  );
}

const BY_CODE: Readonly<Record<string, MessageKey>> = {
  INTERNAL_ERROR: 'errServer',
  UNAVAILABLE: 'errUnavailable',
  UPSTREAM_ERROR: 'errUnavailable',
  FORBIDDEN: 'errForbidden',
  UNAUTHORIZED: 'errSignIn',
  TOKEN_EXPIRED: 'errSignIn',
  TOKEN_INVALID: 'errSignIn',
  PLAN_LIMIT: 'errPlan',
  CONFLICT: 'errConflict',
  NOT_FOUND: 'errNotFound',
  VALIDATION_ERROR: 'errInvalid',
  UNPROCESSABLE: 'errRules',
};

/** Why it failed. The server's own words are English and more exact; other languages are told the kind of it. */
export function explain(error: Error): string {
  if (!(error instanceof ApiError)) return currentLanguage() === 'en' ? error.message : t('errServer');
  const { code, retryAfter, requestId } = error;
  if (code === 'UNREACHABLE') return t('unreachable');
  if (code === 'RATE_LIMITED')
    return retryAfter ? t('errRateLimitedFor', { seconds: retryAfter }) : t('errRateLimited');
  const message = currentLanguage() === 'en' ? error.message : t(BY_CODE[code] ?? 'errServer');
  return requestId ? t('errRequest', { message, id: requestId }) : message;
}

/** Rows of grey where content will stand, so that nothing jumps when it arrives. */
export function Skeleton({ rows, label }: { rows: number; label: string }) {
  return (
    <div className="skeleton" role="status">
      <span className="hidden-visually">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move
        <div key={row} className="skeleton-row" />
      ))}
    </div>
  );
}
