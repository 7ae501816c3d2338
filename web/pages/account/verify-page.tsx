import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { send } from '../../app/api.ts';
import { Field } from '../../app/field.tsx';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { Notice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { Door, said } from './door/door.tsx';
import { say } from './door/texts.ts';

/** Where the link of a confirmation leads: in with a session, with `token_hash`, or with what went wrong in the fragment. */
export function VerifyPage() {
  const session = useSession();
  const { search } = useAddress();
  const [failed] = useState(() => location.hash.includes('error='));
  const hash = search.get('token_hash');
  useEffect(() => {
    document.title = `${say('verifyTitle')} · Kurzora`;
  }, []);
  if (hash) return <ByHash token={hash} />;
  if (session.kind === 'loading') return <Skeleton rows={3} label={t('loading')} />;
  if (session.kind === 'in' && !failed) return <Confirmed to="/" label={say('goOn')} />;
  return <AskAgain failed={failed} />;
}

function Confirmed({ to, label }: { to: string; label: string }) {
  return <Notice title={say('verified')} action={<Link to={to}>{label}</Link>} />;
}

/** A token is good once, so it is not asked twice, whatever the page does. */
function ByHash({ token }: { token: string }) {
  const verified = useQuery({
    queryKey: ['verify', token],
    queryFn: () => send('POST', 'auth/verify-email', { token }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (verified.data) return <Confirmed to="/sign-in" label={say('signInInstead')} />;
  return verified.error ? <AskAgain failed /> : <Skeleton rows={3} label={t('loading')} />;
}

function AskAgain({ failed }: { failed: boolean }) {
  return (
    <Door
      title={failed ? say('expired') : say('notConfirmed')}
      lead={failed ? say('expiredWhy') : undefined}
      button={say('sendAgain')}
      enter={async (form) => {
        await send('POST', 'auth/resend-verification', { email: said(form, 'email').trim() });
        return { kind: 'done', text: say('sentAgain') };
      }}
    >
      <Field label={t('email')} name="email" type="email" dir="ltr" autoComplete="username" required />
    </Door>
  );
}
