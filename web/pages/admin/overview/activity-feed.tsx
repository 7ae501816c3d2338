import { useNow } from '../../../app/clock.ts';
import { gain, localTime, number, percent, span, words } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { eventWord } from '../logs/texts.ts';
import { type Activity, useActivity } from './overview.ts';
import { say } from './texts.ts';

export function ActivityFeed() {
  const feed = useActivity();
  const now = useNow();
  return (
    <section className="part" aria-labelledby="activity">
      <h2 id="activity">{say('activity')}</h2>
      {feed.error && <FailureNotice what={t('notLoaded')} error={feed.error} retry={() => void feed.refetch()} />}
      {!feed.error && !feed.data && <Skeleton rows={8} label={t('loading')} />}
      {feed.data?.data.length === 0 && <p className="quiet small">{say('noActivity')}</p>}
      {feed.data && (
        <ol className="feed small">
          {feed.data.data.map((event) => (
            <li key={`${event.at} ${event.kind} ${event.subject} ${event.userId}`}>
              <time className="quiet" dateTime={event.at} title={localTime(event.at)}>
                {span(now - new Date(event.at).getTime())}
              </time>
              <span>
                <Sentence event={event} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const OUTCOMES: Readonly<Record<string, 'target' | 'stop' | 'expired'>> = {
  target: 'target',
  stop: 'stop',
  expired: 'expired',
};

function Sentence({ event: { kind, subject, userId, signalId, details } }: { event: Activity }) {
  const count = (key: string) => number(Number(details[key] ?? 0), 0);
  const ticker = signalId ? <Link to={`/signals/${signalId}`}>{subject}</Link> : <span className="ltr">{subject}</span>;
  const person = (name: string | null) =>
    userId ? <Link to={`/admin/users/${userId}`}>{name}</Link> : <bdi>{name}</bdi>;
  switch (kind) {
    case 'user_registered':
      return (
        <>
          {say(kind)}: {person(subject)}
        </>
      );
    case 'scan_finished':
      return say(kind, { scanned: count('scanned'), created: count('created'), ended: count('ended') });
    case 'signal_closed':
      return (
        <>
          {say(kind)}: {ticker} · {say(OUTCOMES[String(details['outcome'])] ?? 'expired')}{' '}
          <span className="ltr">{percent(details['return'] === null ? null : Number(details['return']))}</span>
        </>
      );
    case 'trade_opened':
      return (
        <>
          {say(kind)}: {ticker} <span className="ltr">× {count('quantity')}</span> {userId && person(say('user'))}
        </>
      );
    case 'trade_closed':
      return (
        <>
          {say(kind)}: {ticker}{' '}
          <span className="ltr">{gain(details['gain'] === null ? null : Number(details['gain']))}</span>{' '}
          {userId && person(say('user'))}
        </>
      );
    case 'staff_deed':
      return (
        <>
          {eventWord(subject ?? '')} · <bdi>{String(details['by'] ?? '')}</bdi>
        </>
      );
    case 'system_alert':
      return (
        <span className="down">
          {say(kind)}: {words(subject ?? '')}
        </span>
      );
    default:
      return words(kind);
  }
}
