import { useSyncExternalStore } from 'react';

/**
 * A table of pages needs no router library: an address is a URL, a page is a function of it. Query parameters are
 * the state of a list, so that a link reproduces what its sender saw.
 */
const listeners = new Set<() => void>();

let shown = location.pathname;
let left: string | null = null;

/** The page that was shown before this one, told once: a list that is come back to puts focus on the row that was opened. */
export function takeLeftPage(): string | null {
  const page = left;
  left = null;
  return page;
}

function noteMove(): void {
  if (location.pathname === shown) return;
  left = shown;
  shown = location.pathname;
}
window.addEventListener('popstate', noteMove);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** Goes to an address of this site; `replace` keeps the history short while somebody types a filter. */
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  const target = new URL(href, location.href);
  const keep = new URLSearchParams(location.search).get('dir');
  if (keep && !target.searchParams.has('dir')) target.searchParams.set('dir', keep);
  const changesPage = target.pathname !== location.pathname;
  const state = changesPage ? { from: location.pathname + location.search } : history.state;
  history[options.replace ? 'replaceState' : 'pushState'](state, '', target);
  noteMove();
  if (changesPage) window.scrollTo(0, 0);
  for (const listener of listeners) listener();
}

export function useAddress(): { pathname: string; search: URLSearchParams } {
  const href = useSyncExternalStore(subscribe, () => location.pathname + location.search);
  const [pathname = '/', query = ''] = href.split('?');
  return { pathname, search: new URLSearchParams(query) };
}

/** The list as it was left, when this page was opened from it. */
export function listAddress(): string {
  const from: unknown = history.state?.from;
  return typeof from === 'string' && /^\/signals(\?|$)/.test(from) ? from : '/signals';
}
