import { navigate, useAddress } from '../../app/router.tsx';

/** The state of a list stands in the address, so that a link shows what its sender saw. */
export function useListAddress() {
  const { pathname, search } = useAddress();
  const page = Math.max(1, Math.trunc(Number(search.get('page'))) || 1);
  return {
    page,
    read: (key: string) => search.get(key) ?? '',
    /** Another filter begins at the first page; an empty value is left out. */
    change(values: Readonly<Record<string, string>>): void {
      const next = new URLSearchParams(search);
      if (!('page' in values)) next.delete('page');
      for (const [key, value] of Object.entries(values)) value ? next.set(key, value) : next.delete(key);
      navigate(next.size > 0 ? `${pathname}?${next}` : pathname, { replace: true });
    },
  };
}

/** `path?key=value&...`, empty values left out. */
export function withQuery(path: string, values: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== '') query.set(key, String(value));
  return query.size > 0 ? `${path}?${query}` : path;
}
