import { t } from '../../app/language.ts';
import './signals.css';
import { useEffect } from 'react';
import { Button } from 'react-aria-components/Button';
import type { ScannerStatus } from '#products/kurzora/contract.ts';
import { marketTime, number } from '../../app/format.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { navigate, useAddress } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { type LoadedSignals, useSignals, useStatus } from './queries.ts';
import { SignalFilters } from './signal-filters.tsx';
import { arrange, isFiltered, type ListView, ROWS_STEP, readView, viewAddress } from './signal-list.ts';
import { SignalTable } from './signal-table.tsx';
import { skipReason } from './skip-reasons.ts';

export function SignalsPage() {
  const signals = useSignals();
  const { data: status } = useStatus();
  const view = readView(useAddress().search);
  const simulated = status?.simulated ?? signals.data?.signals.some((signal) => signal.source === 'simulated');

  useEffect(() => {
    document.title = `${simulated ? 'SIMULATED · ' : ''}${t('liveSignals')} · Kurzora`;
  }, [simulated]);

  return (
    <div className="signals-page">
      <h1>{t('liveSignals')}</h1>
      <Welcome />
      {signals.data ? (
        <LoadedList loaded={signals.data} view={view} status={status} />
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

interface LoadedListProps {
  loaded: LoadedSignals;
  view: ListView;
  status?: ScannerStatus;
}

function LoadedList({ loaded, view, status }: LoadedListProps) {
  if (loaded.signals.length === 0) return <NoSignals status={status} />;
  const arranged = arrange(loaded.signals, view);
  const change = (next: Partial<ListView>, options?: { replace: boolean }) =>
    navigate(viewAddress({ ...view, rows: ROWS_STEP, ...next }), options);
  return (
    <>
      <SignalFilters
        signals={loaded.signals}
        view={view}
        change={change}
        shown={arranged.length}
        total={loaded.total}
      />
      {arranged.length > 0 ? (
        <SignalTable
          signals={arranged.slice(0, view.rows)}
          view={view}
          sortBy={(sort, order) => change({ sort, order }, { replace: true })}
        />
      ) : (
        <Notice
          title={t('noMatch')}
          action={
            <Button className="button" onPress={() => navigate('/signals')}>
              {t('clearFilters')}
            </Button>
          }
        >
          <p>{t('signalsLive', { n: number(loaded.signals.length, 0) })}</p>
        </Notice>
      )}
      {arranged.length > view.rows && (
        <Button className="button more" onPress={() => change({ rows: view.rows + ROWS_STEP }, { replace: true })}>
          {t('showMore', { n: Math.min(ROWS_STEP, arranged.length - view.rows), total: number(arranged.length, 0) })}
        </Button>
      )}
      {loaded.total > loaded.signals.length && (
        <p className="quiet small">
          The best {number(loaded.signals.length, 0)} of {number(loaded.total, 0)} signals are loaded
          {isFiltered(view) ? '; the filters look among those' : ''}.
        </p>
      )}
    </>
  );
}

/** An empty list is an answer: say whether a scan is still to come, or what it found wanting. */
function NoSignals({ status }: { status?: ScannerStatus }) {
  const scan = status?.lastScan;
  if (!scan)
    return (
      <Notice title={status ? 'The first scan is running' : 'No live signals'}>
        {status && <div className="progress" role="progressbar" aria-label="First scan" />}
        <p>Signals appear here as soon as they are found.</p>
      </Notice>
    );
  const reasons = Object.entries(scan.skipped).sort((a, b) => b[1] - a[1]);
  return (
    <Notice title="No live signals">
      <p>
        The scan of {marketTime(scan.asOf)} looked at {number(scan.scanned, 0)} stocks and{' '}
        {scan.signals > 0 ? 'its signals have expired since' : 'none of them passed'}. The next one comes while the
        market is open{status.marketOpen ? '' : `: from ${marketTime(status.nextChange)}`}.
      </p>
      {reasons.length > 0 && (
        <dl className="reasons small" aria-label="Why stocks were passed over">
          {reasons.map(([reason, count]) => (
            <div key={reason}>
              <dt>{skipReason(reason)}</dt>
              <dd className="ltr">{number(count, 0)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Notice>
  );
}
