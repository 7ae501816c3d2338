import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { RouterProvider } from 'react-aria-components';
import { I18nProvider } from 'react-aria-components/I18nProvider';
import { MarketBar } from '../pages/kurzora/market-bar.tsx';
import { SignalPage } from '../pages/kurzora/signal-page.tsx';
import { SignalsPage } from '../pages/kurzora/signals-page.tsx';
import { Notice } from './notice.tsx';
import { queryClient } from './query-client.ts';
import { navigate, useAddress } from './router.tsx';
import { ThemeToggle } from './theme.tsx';

export function App() {
  return (
    // Right to left is a matter of layout alone until the texts are translated: ?dir=rtl turns it on.
    <I18nProvider locale={document.documentElement.dir === 'rtl' ? 'ar-EG-u-nu-latn' : 'en-US'}>
      <RouterProvider navigate={navigate}>
        <QueryClientProvider client={queryClient}>
          <a className="skip-link" href="#main">
            Skip to content
          </a>
          <header className="shell-header">
            <a
              className="brand"
              href="/"
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                navigate('/');
              }}
            >
              Kurzora
            </a>
            <MarketBar />
            <ThemeToggle />
          </header>
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
  return <UnknownPage />;
}

function UnknownPage() {
  useEffect(() => {
    document.title = 'Page not found · Kurzora';
  }, []);
  return (
    <Notice title="There is no page at this address" action={<a href="/">All live signals</a>}>
      <p>The link may be old or mistyped.</p>
    </Notice>
  );
}
