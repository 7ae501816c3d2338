import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useSyncExternalStore } from 'react';
import { RouterProvider } from 'react-aria-components';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { MarketBar } from '../pages/kurzora/market-bar.tsx';
import { SignalPage } from '../pages/kurzora/signal-page.tsx';
import { SignalsPage } from '../pages/kurzora/signals-page.tsx';
import { currentLanguage, currentLocale, onLanguageChange, t } from './language.ts';
import { LanguageChoice } from './language-choice.tsx';
import { Link } from './link.tsx';
import { Notice, Skeleton } from './notice.tsx';
import { queryClient } from './query-client.ts';
import { navigate, useAddress } from './router.tsx';
import { SiteNavigation } from './site-navigation.tsx';
import { ThemeToggle } from './theme.tsx';

// What needs an account, and with it the client, is loaded when it is opened.
const PAGES: Readonly<Record<string, () => ReactNode>> = {
  '/sign-in': lazyPage(async () => (await import('../pages/account/sign-in-page.tsx')).SignInPage),
  '/sign-up': lazyPage(async () => (await import('../pages/account/sign-in-page.tsx')).SignUpPage),
  '/profile': lazyPage(async () => (await import('../pages/account/profile-page.tsx')).ProfilePage),
  '/positions': lazyPage(async () => (await import('../pages/portfolio/positions-page.tsx')).PositionsPage),
  '/history': lazyPage(async () => (await import('../pages/portfolio/history-page.tsx')).HistoryPage),
  '/watchlists': lazyPage(async () => (await import('../pages/watchlists/watchlists-page.tsx')).WatchlistsPage),
  '/record': lazyPage(async () => (await import('../pages/kurzora/record-page.tsx')).RecordPage),
};

function lazyPage(load: () => Promise<() => ReactNode>): () => ReactNode {
  const Page = lazy(async () => ({ default: await load() }));
  return () => (
    <Suspense fallback={<Skeleton rows={8} label={t('loading')} />}>
      <Page />
    </Suspense>
  );
}

export function App() {
  const language = useSyncExternalStore(onLanguageChange, currentLanguage);
  const locale = document.documentElement.dir === 'rtl' && language === 'en' ? 'ar-EG-u-nu-latn' : currentLocale();
  return (
    <I18nProvider locale={locale} key={language}>
      <RouterProvider navigate={navigate}>
        <QueryClientProvider client={queryClient}>
          <a className="skip-link" href="#main">
            {t('skip')}
          </a>
          <header className="shell-header">
            <Link to="/" className="brand">
              Kurzora
            </Link>
            <SiteNavigation />
            <LanguageChoice />
            <ThemeToggle />
          </header>
          <div className="status-line">
            <MarketBar />
          </div>
          <CurrentPage />
        </QueryClientProvider>
      </RouterProvider>
    </I18nProvider>
  );
}

function CurrentPage() {
  const { pathname } = useAddress();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  // A new page begins at its top for the keyboard and the screen reader too, unless it has put focus somewhere itself; the
  // first page leaves focus to the browser.
  useEffect(() => {
    if (shown.current !== pathname && !main.current?.contains(document.activeElement))
      main.current?.focus({ preventScroll: true });
    shown.current = pathname;
  }, [pathname]);
  return (
    <main id="main" tabIndex={-1} ref={main}>
      <PageAt pathname={pathname} />
    </main>
  );
}

function PageAt({ pathname }: { pathname: string }) {
  const signalId = /^\/signals\/([^/]+)$/.exec(pathname)?.[1];
  if (pathname === '/' || pathname === '/signals') return <SignalsPage />;
  if (signalId) return <SignalPage key={signalId} id={decodeURIComponent(signalId)} />;
  const Page = PAGES[pathname];
  return Page ? <Page /> : <UnknownPage />;
}

function UnknownPage() {
  useEffect(() => {
    document.title = `${t('unknownPage')} · Kurzora`;
  }, []);
  return (
    <Notice title={t('unknownPage')} action={<Link to="/">{t('allSignals')}</Link>}>
      <p>{t('mistyped')}</p>
    </Notice>
  );
}
