import { AccountMenu } from './account-menu.tsx';
import { AlertsLink } from './alerts-link.tsx';
import { t } from './language.ts';
import { LanguageChoice } from './language-choice.tsx';
import { Link } from './link.tsx';
import { Panel } from './panel.tsx';
import { useSession } from './session.ts';
import { SiteNavigation } from './site-navigation.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

/** One line at every width: in a narrow window the links stand in the menu. */
export function Header() {
  const session = useSession();
  return (
    <header className="shell-header">
      <Link to="/" className="brand" current={false}>
        Kurzora
      </Link>
      <SiteNavigation />
      <LanguageChoice />
      <ThemeToggle />
      {session.kind === 'in' ? (
        <>
          <AlertsLink userId={session.userId} />
          <AccountMenu {...session} />
        </>
      ) : (
        <Panel className="narrow-only" label={t('menu')} button={<MenuMark />}>
          <SiteNavigation />
        </Panel>
      )}
    </header>
  );
}

function MenuMark() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M2 4h12M2 8h12M2 12h12" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
