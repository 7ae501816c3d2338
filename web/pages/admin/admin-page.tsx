import './admin.css';
import type { ReactNode } from 'react';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { Analytics } from './analytics/analytics.tsx';
import { Logs } from './logs/logs.tsx';
import { Overview } from './overview/overview.tsx';
import { SettingsList } from './settings/settings-list.tsx';
import { SignalsList } from './signals/signals-list.tsx';
import { type Area, type Me, may, refusalOf, useMe } from './staff.ts';
import { say } from './texts.ts';
import { UserDetail } from './users/user-detail.tsx';
import { UsersList } from './users/users-list.tsx';

interface Part {
  readonly path: string;
  readonly title: 'overview' | 'users' | 'signals' | 'analytics' | 'settings' | 'logs';
  /** What one must be allowed to read. */
  readonly area: Area;
  readonly Shown: (props: { me: Me }) => ReactNode;
}

const PARTS: readonly Part[] = [
  { path: '/admin', title: 'overview', area: 'system', Shown: Overview },
  { path: '/admin/users', title: 'users', area: 'user', Shown: UsersList },
  { path: '/admin/signals', title: 'signals', area: 'signal', Shown: SignalsList },
  { path: '/admin/analytics', title: 'analytics', area: 'system', Shown: Analytics },
  { path: '/admin/settings', title: 'settings', area: 'system', Shown: SettingsList },
  { path: '/admin/logs', title: 'logs', area: 'system', Shown: Logs },
];

/** Everything below /admin. */
export function AdminPage() {
  const { pathname } = useAddress();
  const part = PARTS.find(({ path }) => path === pathname);
  const userId = /^\/admin\/users\/([0-9a-f-]{36})$/.exec(pathname)?.[1];
  const title = userId ? say('user') : say(part?.title ?? 'administration');
  return (
    <SignedIn title={title}>
      {() => (
        <Staff>
          {(me) => {
            if (userId)
              return may(me, 'user', 'read') ? <UserDetail key={userId} id={userId} me={me} /> : <NotAllowed />;
            if (!part) return <Notice title={t('unknownPage')} />;
            return may(me, part.area, 'read') ? <part.Shown me={me} /> : <NotAllowed />;
          }}
        </Staff>
      )}
    </SignedIn>
  );
}

/** Asks who somebody is among the staff; whoever is not hears so and nothing else. */
function Staff({ children }: { children: (me: Me) => ReactNode }) {
  const me = useMe();
  const refusal = refusalOf(me.error);
  if (refusal) return <Refusal secondFactor={refusal === 'second-factor'} />;
  if (me.error) return <FailureNotice what={t('notLoaded')} error={me.error} retry={() => void me.refetch()} />;
  if (!me.data) return <Skeleton rows={8} label={t('loading')} />;
  const { data } = me;
  return (
    <>
      <nav className="admin-parts" aria-label={say('administration')}>
        {PARTS.filter(({ area }) => may(data, area, 'read')).map(({ path, title }) => (
          <Link key={path} to={path}>
            {say(title)}
          </Link>
        ))}
        <span className="quiet small">{say(data.role)}</span>
      </nav>
      {children(data)}
    </>
  );
}

function Refusal({ secondFactor }: { secondFactor: boolean }) {
  return (
    <div role="alert">
      <Notice
        title={say('refused')}
        action={<Link to={secondFactor ? '/profile' : '/'}>{secondFactor ? t('profile') : say('back')}</Link>}
      >
        <p>{secondFactor ? say('refusedSecondFactor') : say('refusedWhy')}</p>
      </Notice>
    </div>
  );
}

function NotAllowed() {
  return (
    <Notice title={say('notAllowed')} action={<Link to="/admin">{say('overview')}</Link>}>
      <p>{say('notAllowedWhy')}</p>
    </Notice>
  );
}
