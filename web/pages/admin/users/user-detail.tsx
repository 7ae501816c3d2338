import { useState } from 'react';
import type { ManagedUser } from '#products/kurzora/contract.ts';
import { ApiError } from '../../../app/api.ts';
import { localTime, number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../../app/notice.tsx';
import { type Me, may } from '../staff.ts';
import { say as sayHere } from '../texts.ts';
import { say, word } from './texts.ts';
import { Access, Appoint, EditUser, RemoveUser } from './user-forms.tsx';
import { useUser } from './users.ts';
import { UserStatus } from './users-list.tsx';

export function UserDetail({ id, me }: { id: string; me: Me }) {
  const user = useUser(id);
  const [removed, setRemoved] = useState(false);
  const all = <Link to="/admin/users">{say('allUsers')}</Link>;
  if (removed) return <Notice title={say('removed')} action={all} />;
  if (user.error instanceof ApiError && user.error.code === 'NOT_FOUND')
    return <Notice title={say('noSuchUser')} action={all} />;
  if (user.error) return <FailureNotice what={t('notLoaded')} error={user.error} retry={() => void user.refetch()} />;
  if (!user.data) return <Skeleton rows={8} label={t('loading')} />;
  const { data } = user.data;
  return (
    <>
      <p className="small two-links">
        {all}
        {may(me, 'system', 'read') && <Link to={`/admin/logs?log=audit&search=${id}`}>{say('history')}</Link>}
      </p>
      <Facts user={data} />
      <div className="side-by-side">
        {may(me, 'user', 'update') && <EditUser user={data} me={me} />}
        {may(me, 'user', 'update') && <Access user={data} />}
        {may(me, 'admin', 'update') && <Appoint user={data} />}
        {may(me, 'user', 'delete') && <RemoveUser user={data} done={() => setRemoved(true)} />}
      </div>
    </>
  );
}

function Facts({ user }: { user: ManagedUser }) {
  const until = user.subscriptionEndsAt && say('planUntil', { time: localTime(user.subscriptionEndsAt) });
  return (
    <>
      <h2>
        <bdi>{user.name}</bdi> <span className="quiet ltr">{user.email}</span>
      </h2>
      <dl className="facts">
        <Fact name={say('role')} value={word(user.role)} />
        {user.staffRole && <Fact name={say('staff')} value={sayHere(user.staffRole as 'admin')} />}
        <Fact name={t('plan')} value={`${word(user.subscriptionTier)} ${until ?? ''}`} />
        <div>
          <dt>{sayHere('status')}</dt>
          <dd>
            <UserStatus user={user} />
          </dd>
        </div>
        <Fact name={say('email')} value={say(user.emailVerified ? 'verified' : 'notVerified')} />
        <Fact name={say('joined')} value={localTime(user.createdAt)} />
        <Fact name={say('lastLogin')} value={user.lastLoginAt ? localTime(user.lastLoginAt) : sayHere('never')} />
        <Fact name={say('trades')} value={number(user.trades, 0)} />
      </dl>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
