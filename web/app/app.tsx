import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useSyncExternalStore } from 'react';
import { RouterProvider } from 'react-aria-components';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { MarketBar } from '../pages/kurzora/market-bar.tsx';
import { useAccountChoices } from './account-choices.ts';
import { Header } from './header.tsx';
import { Home } from './home.tsx';
import { currentLanguage, currentLocale, onLanguageChange, t } from './language.ts';
import { Link } from './link.tsx';
import { Notice, Skeleton } from './notice.tsx';
import { queryClient } from './query-client.ts';
import { navigate, useAddress } from './router.tsx';
import { useSession } from './session.ts';

// Every page is loaded when it is first opened: whoever reads one does not pay for the others. `/admin/*` is `/admin` and whatever lies below.
const PAGES: Readonly<Record<string, () => ReactNode>> = {
  '/': Home,
  '/dashboard': lazyPage(async () => (await import('../pages/dashboard/dashboard-page.tsx')).DashboardPage),
  '/signals': lazyPage(async () => (await import('../pages/kurzora/signals-page.tsx')).SignalsPage),
  '/sign-in': lazyPage(async () => (await import('../pages/account/sign-in-page.tsx')).SignInPage),
  '/sign-up': lazyPage(async () => (await import('../pages/account/sign-up-page.tsx')).SignUpPage),
  '/forgot-password': lazyPage(
    async () => (await import('../pages/account/forgot-password-page.tsx')).ForgotPasswordPage,
  ),
  '/reset-password': lazyPage(async () => (await import('../pages/account/reset-password-page.tsx')).ResetPasswordPage),
  '/verify': lazyPage(async () => (await import('../pages/account/verify-page.tsx')).VerifyPage),
  '/profile': lazyPage(async () => (await import('../pages/account/profile-page.tsx')).ProfilePage),
  '/positions': lazyPage(async () => (await import('../pages/portfolio/positions-page.tsx')).PositionsPage),
  '/history': lazyPage(async () => (await import('../pages/portfolio/history-page.tsx')).HistoryPage),
  '/watchlists': lazyPage(async () => (await import('../pages/watchlists/watchlists-page.tsx')).WatchlistsPage),
  '/record': lazyPage(async () => (await import('../pages/kurzora/record-page.tsx')).RecordPage),
  '/alerts': lazyPage(async () => (await import('../pages/alerts/alerts-page.tsx')).AlertsPage),
  '/pricing': lazyPage(async () => (await import('../pages/billing/pricing-page.tsx')).PricingPage),
  '/billing': lazyPage(async () => (await import('../pages/billing/billing-page.tsx')).BillingPage),
  '/unsubscribe': lazyPage(async () => (await import('../pages/alerts/unsubscribe-page.tsx')).UnsubscribePage),
  '/admin/*': lazyPage(async () => (await import('../pages/admin/admin-page.tsx')).AdminPage),
};

const OneSignal = lazy(async () => ({ default: (await import('../pages/kurzora/signal-page.tsx')).SignalPage }));

function lazyPage(load: () => Promise<() => ReactNode>): () => ReactNode {
  const Page = lazy(async () => ({ default: await load() }));
  return () => <Page />;
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
          <AccountChoices />
          <Header />
          <div className="status-line">
            <MarketBar />
          </div>
          <CurrentPage />
        </QueryClientProvider>
      </RouterProvider>
    </I18nProvider>
  );
}

function AccountChoices() {
  const session = useSession();
  useAccountChoices(session.kind === 'in' ? session.userId : undefined);
  return null;
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
      <Suspense fallback={<Skeleton rows={8} label={t('loading')} />}>
        <PageAt pathname={pathname} />
      </Suspense>
    </main>
  );
}

function PageAt({ pathname }: { pathname: string }) {
  const signalId = /^\/signals\/([^/]+)$/.exec(pathname)?.[1];
  if (signalId) return <OneSignal key={signalId} id={decodeURIComponent(signalId)} />;
  const Page = PAGES[pathname] ?? PAGES[`/${pathname.split('/')[1]}/*`];
  return Page ? <Page /> : <UnknownPage />;
}

function UnknownPage() {
  useEffect(() => {
    document.title = `${t('unknownPage')} · Kurzora`;
  }, []);
  return (
    <Notice title={t('unknownPage')} action={<Link to="/signals">{t('allSignals')}</Link>}>
      <p>{t('mistyped')}</p>
    </Notice>
  );
}
