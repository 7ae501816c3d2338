import { useState } from 'react';
import { type Outcome, OutcomeLine } from '../../../app/field.tsx';
import { localTime } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { outcomeOf } from '../outcome-of.ts';
import { deviceName } from './device-name.ts';
import { endOtherSessions, endSession, type OpenSession, useChangeSecurity, useSessions } from './security.ts';
import { say } from './texts.ts';

export function Sessions({ userId }: { userId: string }) {
  const sessions = useSessions(userId);
  const endOne = useChangeSecurity(userId, endSession);
  const endOthers = useChangeSecurity(userId, endOtherSessions);
  const [outcome, setOutcome] = useState<Outcome>();
  if (sessions.error)
    return <FailureNotice what={t('notLoaded')} error={sessions.error} retry={() => void sessions.refetch()} />;
  if (!sessions.data) return <Skeleton rows={2} label={t('loading')} />;
  const tell = (work: Promise<unknown>, done: string) => void outcomeOf(work, done).then(setOutcome);
  return (
    <>
      <ul className="row-list">
        {sessions.data.map((session) => (
          <Row key={session.id} session={session} end={() => tell(endOne.mutateAsync(session.id), '')} />
        ))}
      </ul>
      {sessions.data.length > 1 && (
        <button
          type="button"
          className="button"
          disabled={endOthers.isPending}
          onClick={() => tell(endOthers.mutateAsync(undefined), say('othersEnded'))}
        >
          {say('endOthers')}
        </button>
      )}
      <OutcomeLine outcome={outcome} />
    </>
  );
}

function Row({ session, end }: { session: OpenSession; end: () => void }) {
  const device = deviceName(session.userAgent);
  return (
    <li>
      <span className="what">
        <span>
          <bdi>{device}</bdi>
          {session.current && <span className="tag">{say('current')}</span>}
        </span>
        <span className="quiet small">
          {say('lastUsed', { time: localTime(session.lastUsedAt) })}
          {session.ip && (
            <>
              {' · '}
              <bdi dir="ltr">{session.ip}</bdi>
            </>
          )}
        </span>
      </span>
      {!session.current && (
        <button type="button" className="button" aria-label={say('endSessionOf', { device })} onClick={end}>
          {say('endSession')}
        </button>
      )}
    </li>
  );
}
