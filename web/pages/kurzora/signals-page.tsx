import './list/signals.css';
import { useEffect } from 'react';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { useAddress } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { readView } from './list/arrange.ts';
import { SignalsList } from './list/signals-list.tsx';
import { useSignals, useStatus } from './queries.ts';

export function SignalsPage() {
  const signals = useSignals();
  const { data: status } = useStatus();
  const view = readView(useAddress().search);
  const simulated = status?.simulated ?? signals.data?.signals.some((signal) => signal.source === 'simulated');

  useEffect(() => {
    document.title = `${simulated ? `${t('simulated')} · ` : ''}${t('liveSignals')} · Kurzora`;
  }, [simulated]);

  return (
    <div className="signals-page">
      <h1>{t('liveSignals')}</h1>
      <Welcome />
      {signals.data ? (
        <SignalsList loaded={signals.data} view={view} status={status} />
      ) : signals.error ? (
        <FailureNotice what={t('signalsNotLoaded')} error={signals.error} retry={() => signals.refetch()} />
      ) : (
        <Skeleton rows={14} label={t('loadingSignals')} />
      )}
    </div>
  );
}

/** To whoever has no account: what this is, what it was worth so far, and the door. */
function Welcome() {
  const session = useSession();
  if (session.kind !== 'out') return null;
  return (
    <p className="lead">
      {t('welcome')} <Link to="/record">{t('record')}</Link> · <Link to="/sign-up">{t('signUp')}</Link>
    </p>
  );
}
