import { type ReactNode, useEffect } from 'react';
import { t } from './language.ts';
import { Link } from './link.tsx';
import { Notice, Skeleton } from './notice.tsx';
import { useSession } from './session.ts';

interface SignedInProps {
  readonly title: string;
  readonly children: (account: { userId: string; email: string }) => ReactNode;
}

/** A page of an account: its heading, and whoever is not signed in is asked to. */
export function SignedIn({ title, children }: SignedInProps) {
  const session = useSession();
  useEffect(() => {
    document.title = `${title} · Kurzora`;
  }, [title]);
  return (
    <div className="account-page">
      <h1>{title}</h1>
      {session.kind === 'in' && children(session)}
      {session.kind === 'loading' && <Skeleton rows={8} label={t('loading')} />}
      {session.kind === 'out' && (
        <Notice title={t('signInFirst')} action={<Link to="/sign-in">{t('signIn')}</Link>}>
          <p>{t('signInFirstWhy')}</p>
        </Notice>
      )}
    </div>
  );
}
