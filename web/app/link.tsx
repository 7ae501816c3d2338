import type { ReactNode } from 'react';
import { navigate, useAddress } from './router.tsx';

interface LinkProps {
  readonly to: string;
  readonly className?: string;
  /** Whether this leads to what is shown, where the address alone does not say so. */
  readonly current?: boolean;
  /** What it is called, where the words alone do not tell it from others. */
  readonly label?: string;
  readonly children: ReactNode;
}

/** A link within the site: an ordinary one to the browser, without loading the page anew. Marks the page that is shown. */
export function Link({ to, className, current, label, children }: LinkProps) {
  const { pathname } = useAddress();
  return (
    <a
      href={to}
      className={className}
      aria-label={label}
      aria-current={(current ?? pathname === to) ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}
