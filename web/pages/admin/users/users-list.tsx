import type { ManagedUser } from '#products/kurzora/contract.ts';
import { localTime, number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../../app/notice.tsx';
import { Disclosure } from '../deed-parts.tsx';
import { ExportButton } from '../export-button.tsx';
import { useListAddress, withQuery } from '../list-address.ts';
import { Choice, Pages, Search, StaffTable } from '../list-parts.tsx';
import { type Me, may, useAdmin } from '../staff.ts';
import { say as sayHere } from '../texts.ts';
import { CreateUser } from './create-user.tsx';
import { say, word } from './texts.ts';
import { ORDERS, PLANS, ROLES, STATUSES, type UsersMeta } from './users.ts';

const LIMIT = 25;
const FILTERS = ['search', 'status', 'subscription', 'role', 'sortBy'] as const;
const named = (codes: readonly string[]) => codes.map((code) => [code, word(code)] as const);

export function UsersList({ me }: { me: Me }) {
  const { page, read, change } = useListAddress();
  const filters = Object.fromEntries(FILTERS.map((key) => [key, read(key)]));
  const users = useAdmin<ManagedUser[], UsersMeta>(withQuery('users', { ...filters, page, limit: LIMIT }));
  const choice = (key: (typeof FILTERS)[number], label: string, codes: readonly string[]) => (
    <Choice label={label} value={read(key)} options={named(codes)} any onChange={(value) => change({ [key]: value })} />
  );
  return (
    <>
      {may(me, 'user', 'create') && (
        <Disclosure summary={say('create')}>
          <CreateUser me={me} />
        </Disclosure>
      )}
      <search className="admin-filters">
        <Search label={say('search')} value={read('search')} onChange={(search) => change({ search })} />
        {choice('status', sayHere('status'), STATUSES)}
        {choice('subscription', t('plan'), PLANS)}
        {choice('role', say('role'), ROLES)}
        <Choice
          label={say('sort')}
          value={read('sortBy') || 'joinDate'}
          options={named(ORDERS)}
          onChange={(sortBy) => change({ sortBy: sortBy === 'joinDate' ? '' : sortBy })}
        />
        <ExportButton what="users" />
      </search>
      {users.error && <FailureNotice what={t('notLoaded')} error={users.error} retry={() => void users.refetch()} />}
      {!users.error && !users.data && <Skeleton rows={10} label={t('loading')} />}
      {users.data && (
        <>
          <Spread aggregations={users.data.meta?.aggregations} />
          {users.data.data.length === 0 ? (
            <Notice title={say('noneMatch')} action={<Link to="/admin/users">{say('allUsers')}</Link>} />
          ) : (
            <UserTable users={users.data.data} />
          )}
          <Pages
            page={page}
            shown={users.data.data.length}
            limit={LIMIT}
            meta={users.data.meta}
            turn={(next) => change({ page: next > 1 ? String(next) : '' })}
          />
        </>
      )}
    </>
  );
}

/** How everybody who was found spreads over states and plans. */
function Spread({ aggregations }: { aggregations: UsersMeta['aggregations'] }) {
  if (!aggregations) return null;
  const counts = [...Object.entries(aggregations.byStatus), ...Object.entries(aggregations.byPlan)];
  if (counts.length === 0) return null;
  const list = counts.map(([code, n]) => `${word(code)} ${number(n, 0)}`).join(' · ');
  return <p className="small quiet">{say('spread', { list })}</p>;
}

function UserTable({ users }: { users: readonly ManagedUser[] }) {
  const columns = [
    { name: say('name') },
    { name: say('role') },
    { name: t('plan') },
    { name: sayHere('status') },
    { name: say('joined') },
    { name: say('lastLogin') },
    { name: say('trades'), numeric: true },
  ];
  return (
    <StaffTable caption={sayHere('users')} columns={columns}>
      {users.map((user) => (
        <UserRow key={user.id} user={user} />
      ))}
    </StaffTable>
  );
}

function UserRow({ user }: { user: ManagedUser }) {
  return (
    <tr>
      <th scope="row">
        <Link to={`/admin/users/${user.id}`}>
          <bdi>{user.name}</bdi>
        </Link>
        <span className="quiet small company">
          <span className="ltr">{user.email}</span>
        </span>
      </th>
      <td data-name={say('role')}>{word(user.role)}</td>
      <td data-name={t('plan')}>{word(user.subscriptionTier)}</td>
      <td data-name={sayHere('status')}>
        <UserStatus user={user} />
      </td>
      <td data-name={say('joined')}>{localTime(user.createdAt)}</td>
      <td data-name={say('lastLogin')}>{user.lastLoginAt ? localTime(user.lastLoginAt) : sayHere('never')}</td>
      <td data-name={say('trades')} className="numeric">
        <span className="ltr">{number(user.trades, 0)}</span>
      </td>
    </tr>
  );
}

export function UserStatus({ user }: { user: ManagedUser }) {
  if (!user.isActive) return <span className="down">{say('suspended')}</span>;
  return (
    <span className={user.subscriptionStatus === 'active' ? 'up' : undefined}>{word(user.subscriptionStatus)}</span>
  );
}
