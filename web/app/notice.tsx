import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { ApiError } from './api-error.ts';
import { t } from './language.ts';

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

export function explain(error: Error): string {
  if (!(error instanceof ApiError)) return error.message;
  if (error.code === 'UNREACHABLE') return t('unreachable');
  if (error.code === 'RATE_LIMITED')
    return `Too many requests from this address${error.retryAfter ? `; try again in ${error.retryAfter} s` : ''}.`;
  return error.requestId ? `${error.message} (request ${error.requestId})` : error.message;
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
