import { useState } from 'react';
import { localTime, number } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { useLiveRows } from '../../app/live-rows.ts';
import { explain, FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { type InboxPage, type Notification, shown, useChangeInbox, useInbox } from './notifications.ts';
import { Pages } from './pages.tsx';
import { say } from './texts.ts';

/** What the person was told: unread first to the eye, live. */
export function Inbox({ userId }: { userId: string }) {
  const [page, setPage] = useState(1);
  const [unreadOnly, setUnreadOnly] = useState(false);
  useLiveRows('notifications', `user_id=eq.${userId}`, 'notifications');
  const inbox = useInbox(page, unreadOnly);
  if (inbox.error)
    return <FailureNotice what={t('notLoaded')} error={inbox.error} retry={() => void inbox.refetch()} />;
  if (!inbox.data) return <Skeleton rows={8} label={t('loading')} />;
  const { notifications, meta } = inbox.data;
  const filter = (unread: boolean) => {
    setUnreadOnly(unread);
    setPage(1);
  };
  return (
    <section className="part" aria-label={say('inbox')}>
      <Tools inbox={inbox.data} unreadOnly={unreadOnly} filter={filter} />
      {notifications.length === 0 && (
        <Notice title={say(unreadOnly ? 'noneUnread' : 'noneYet')}>
          <p>{unreadOnly ? null : say('noneYetWhy')}</p>
        </Notice>
      )}
      <ul className="inbox">
        {notifications.map((notification) => (
          <Row key={notification.id} notification={notification} />
        ))}
      </ul>
      <Pages meta={meta} go={setPage} />
    </section>
  );
}

interface ToolsProps {
  readonly inbox: InboxPage;
  readonly unreadOnly: boolean;
  readonly filter: (unreadOnly: boolean) => void;
}

function Tools({ inbox: { meta, unread }, unreadOnly, filter }: ToolsProps) {
  const change = useChangeInbox();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <div className="tools">
        <button type="button" className="button" aria-pressed={!unreadOnly} onClick={() => filter(false)}>
          {say('all')}
        </button>
        <button type="button" className="button" aria-pressed={unreadOnly} onClick={() => filter(true)}>
          {say('unreadOnly', { n: number(unread, 0) })}
        </button>
        <span className="spring" />
        {unread > 0 && (
          <button type="button" className="button plain" onClick={() => change.mutate({ kind: 'all-read' })}>
            {say('markAll')}
          </button>
        )}
        {meta.total > 0 && !unreadOnly && !asking && (
          <button type="button" className="button plain" onClick={() => setAsking(true)}>
            {say('deleteAll')}
          </button>
        )}
      </div>
      {asking && (
        <div className="tools question" role="alert">
          <span>{say('deleteAllSure', { n: number(meta.total, 0) })}</span>
          <button
            type="button"
            className="button danger"
            onClick={() => {
              change.mutate({ kind: 'delete-all' });
              setAsking(false);
            }}
          >
            {say('deleteAll')}
          </button>
          <button type="button" className="button" onClick={() => setAsking(false)}>
            {say('keep')}
          </button>
        </div>
      )}
      {change.error && (
        <p className="small down" role="alert">
          {explain(change.error)}
        </p>
      )}
    </>
  );
}

function Row({ notification }: { notification: Notification }) {
  const change = useChangeInbox();
  const { id, readAt, createdAt } = notification;
  const { title, body, to, kind } = shown(notification);
  const mark = readAt ? ('unread' as const) : ('read' as const);
  const markText = say(readAt ? 'markUnread' : 'markRead');
  return (
    <li className={readAt ? 'told' : 'told unread'}>
      <span className="told-kind small quiet">{say(kind)}</span>
      <span className="told-title">
        {!readAt && <span className="hidden-visually">{say('unreadMark')}: </span>}
        {to ? (
          // biome-ignore lint/a11y/useKeyWithClickEvents: hears of the link inside, which the keyboard presses too
          // biome-ignore lint/a11y/noStaticElementInteractions: as above
          <span onClick={() => readAt === null && change.mutate({ kind: 'read', id })}>
            <Link to={to}>
              <bdi>{title}</bdi>
            </Link>
          </span>
        ) : (
          <bdi>{title}</bdi>
        )}
        {body && (
          <span className="quiet small told-body">
            <bdi>{body}</bdi>
          </span>
        )}
      </span>
      <time className="small quiet" dateTime={createdAt}>
        {localTime(createdAt)}
      </time>
      <span className="told-acts">
        <button
          type="button"
          className="button plain small"
          aria-label={say('about', { action: markText, title })}
          onClick={() => change.mutate({ kind: mark, id })}
        >
          {markText}
        </button>
        <button
          type="button"
          className="button plain small"
          aria-label={say('about', { action: say('remove'), title })}
          onClick={() => change.mutate({ kind: 'delete', id })}
        >
          {say('remove')}
        </button>
      </span>
    </li>
  );
}
