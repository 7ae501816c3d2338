import { type MessageKey, t } from './language.ts';
import { Link } from './link.tsx';
import { useAddress } from './router.tsx';
import { useSession } from './session.ts';

type Place = readonly [to: string, name: MessageKey];

const SIGNED_IN: readonly Place[] = [
  ['/dashboard', 'dashboard'],
  ['/signals', 'signals'],
  ['/positions', 'positions'],
  ['/history', 'history'],
  ['/watchlists', 'watchlists'],
  ['/record', 'record'],
];
const VISITOR: readonly Place[] = [
  ['/signals', 'signals'],
  ['/record', 'record'],
  ['/pricing', 'pricing'],
  ['/sign-in', 'signIn'],
  ['/sign-up', 'signUp'],
];

/** Where one can go: a line of links in the header of a wide window, a list in the menu of a narrow one. */
export function SiteNavigation() {
  const session = useSession();
  const { pathname } = useAddress();
  const at = pathname === '/' && session.kind === 'in' ? '/dashboard' : pathname;
  const places = session.kind === 'in' ? SIGNED_IN : session.kind === 'out' ? VISITOR : [];
  return (
    <nav className="site-navigation" aria-label={t('navigation')}>
      {places.map(([to, name]) => (
        <Link key={to} to={to} current={at === to || at.startsWith(`${to}/`)}>
          {t(name)}
        </Link>
      ))}
    </nav>
  );
}
