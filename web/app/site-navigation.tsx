import { t } from './language.ts';
import { Link } from './link.tsx';
import { useSession } from './session.ts';

/** Where one can go; what belongs to an account only with one. */
export function SiteNavigation() {
  const session = useSession();
  return (
    <nav className="site-navigation" aria-label={t('navigation')}>
      <Link to="/">{t('signals')}</Link>
      <Link to="/record">{t('record')}</Link>
      {session.kind === 'in' && (
        <>
          <Link to="/positions">{t('positions')}</Link>
          <Link to="/history">{t('history')}</Link>
          <Link to="/watchlists">{t('watchlists')}</Link>
          <Link to="/profile">{t('profile')}</Link>
        </>
      )}
      {session.kind === 'out' && (
        <>
          <Link to="/sign-in">{t('signIn')}</Link>
          <Link to="/sign-up">{t('signUp')}</Link>
        </>
      )}
    </nav>
  );
}
