import { t } from './language.ts';
import { Link } from './link.tsx';
import { useOwnAccount } from './own-account.ts';
import { Panel } from './panel.tsx';
import { navigate } from './router.tsx';
import { SiteNavigation } from './site-navigation.tsx';
import { supabase } from './supabase.ts';

/** Of this device alone. */
async function signOut(): Promise<void> {
  await (await supabase()).auth.signOut({ scope: 'local' });
  navigate('/');
}

/** What belongs to the person rather than to the market; in a narrow window also where one can go. */
export function AccountMenu({ userId, email }: { userId: string; email: string }) {
  const account = useOwnAccount(userId).data;
  const name = account?.name ?? email;
  return (
    <Panel label={t('accountMenu')} button={<Portrait name={name} picture={account?.avatar_url ?? null} />}>
      <p className="whose">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span className="quiet small">
          <bdi>{email}</bdi>
        </span>
      </p>
      <div className="narrow-only">
        <SiteNavigation />
      </div>
      <nav className="menu-list" aria-label={t('account')}>
        <Link to="/alerts">{t('alerts')}</Link>
        <Link to="/profile">{t('profile')}</Link>
        <Link to="/billing">{t('billing')}</Link>
        <Link to="/pricing">{t('pricing')}</Link>
        {account?.admin_users && <Link to="/admin">{t('admin')}</Link>}
      </nav>
      <button type="button" className="menu-item" data-closes onClick={() => void signOut()}>
        {t('signOut')}
      </button>
    </Panel>
  );
}

function Portrait({ name, picture }: { name: string; picture: string | null }) {
  if (picture) return <img className="portrait" src={picture} alt="" width={26} height={26} />;
  return (
    <span className="portrait" aria-hidden="true">
      {[...name.trim()][0]?.toUpperCase() ?? '?'}
    </span>
  );
}
