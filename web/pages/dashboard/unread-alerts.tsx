import { useRef } from 'react';
import { localTime } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { type Alert, useMarkRead, useUnreadList } from './queries.ts';
import { say } from './texts.ts';

const SHOWN = 5;

/** What the person has not read yet, newest first; it comes and goes live. */
export function UnreadAlerts() {
  const alerts = useUnreadList(SHOWN);
  const mark = useMarkRead();
  const head = useRef<HTMLHeadingElement>(null);
  // The button that was pressed goes away with its line: focus stays in this part rather than falling to the page's top.
  const markRead = (id?: string) => mark.mutate(id, { onSuccess: () => head.current?.focus() });
  return (
    <section className="dashboard-part" aria-labelledby="dashboard-alerts">
      <div className="part-head">
        <h2 id="dashboard-alerts" ref={head} tabIndex={-1}>
          {say('unreadAlerts')}
        </h2>
        <Link to="/alerts" className="small">
          {say('allAlerts')}
        </Link>
      </div>
      {alerts.error && !alerts.data ? (
        <FailureNotice what={t('notLoaded')} error={alerts.error} retry={() => void alerts.refetch()} />
      ) : !alerts.data ? (
        <Skeleton rows={3} label={t('loading')} />
      ) : alerts.data.length === 0 ? (
        <p className="quiet">{say('noAlerts')}</p>
      ) : (
        <>
          <ul className="lines">
            {alerts.data.map((alert) => (
              <AlertLine key={alert.id} alert={alert} busy={mark.isPending} markRead={() => markRead(alert.id)} />
            ))}
          </ul>
          {alerts.data.length > 1 && (
            <button type="button" className="button" disabled={mark.isPending} onClick={() => markRead()}>
              {say('markAllRead')}
            </button>
          )}
        </>
      )}
      {mark.error && (
        <p className="small down" role="alert">
          {say('notMarked')}
        </p>
      )}
    </section>
  );
}

interface AlertLineProps {
  readonly alert: Alert;
  readonly busy: boolean;
  readonly markRead: () => void;
}

function AlertLine({ alert, busy, markRead }: AlertLineProps) {
  const signalId = signalOf(alert.data);
  return (
    <li>
      <p className="line-title" id={`alert-${alert.id}`}>
        {signalId ? (
          <Link to={`/signals/${signalId}`}>
            <bdi>{alert.title}</bdi>
          </Link>
        ) : (
          <bdi>{alert.title}</bdi>
        )}
      </p>
      {alert.body && (
        <p className="small">
          <bdi>{alert.body}</bdi>
        </p>
      )}
      <p className="line-foot small quiet">
        <time dateTime={alert.createdAt}>{localTime(alert.createdAt)}</time>
        <button
          type="button"
          className="button plain"
          disabled={busy}
          aria-describedby={`alert-${alert.id}`}
          onClick={markRead}
        >
          {say('markRead')}
        </button>
      </p>
    </li>
  );
}

/** The signal an alert is about, where it is about one. */
function signalOf(data: unknown): string | undefined {
  const { signalId, signal_id: underscored } = (data ?? {}) as Record<string, unknown>;
  const id = signalId ?? underscored;
  return typeof id === 'string' ? id : undefined;
}
