import type { ScannerStatus } from '#products/kurzora/contract.ts';
import { ApiError } from '../../app/api.ts';
import { useNow } from '../../app/clock.ts';
import { marketTime, number, span } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { explain } from '../../app/notice.tsx';
import { useSession } from '../../app/session.ts';
import { LiveScans, useRefreshOnScan, useStatus } from './queries.ts';
import { skipReason } from './skip-reasons.ts';
import { isStale } from './staleness.ts';
import { say } from './texts.ts';

const SOURCES: Readonly<Record<string, 'sourceSimulated' | 'sourcePolygon' | 'sourceFiles'>> = {
  ...{ simulated: 'sourceSimulated', polygon: 'sourcePolygon', files: 'sourceFiles' },
};

export function SourceLabel({ source }: { source: string }) {
  const known = SOURCES[source];
  if (source !== 'simulated') return <span className="source">{known ? say(known) : source}</span>;
  return (
    <strong className="source simulated" title={say('simulatedWhy')}>
      {t('simulated')}
    </strong>
  );
}

/** Where the data comes from, whether the market is open, when it was last scanned, and whether this page is current. */
export function MarketBar() {
  useRefreshOnScan();
  const status = useStatus();
  const signedIn = useSession().kind === 'in';
  const now = useNow();
  return (
    <div className="market-bar">
      {signedIn && <LiveScans />}
      {status.data && <Facts status={status.data} now={now} />}
      <Connection updatedAt={status.dataUpdatedAt} error={status.error} fetching={status.isFetching} now={now} />
    </div>
  );
}

function Facts({ status, now }: { status: ScannerStatus; now: number }) {
  const untilChange = new Date(status.nextChange).getTime() - now;
  const change = t(status.marketOpen ? 'closesAt' : 'opensAt', { time: marketTime(status.nextChange, now) });
  return (
    <>
      <SourceLabel source={status.source} />
      <span className="market-state">
        <span className={status.marketOpen ? 'dot open' : 'dot'} aria-hidden="true" />
        {t(status.marketOpen ? 'marketOpen' : 'marketClosed')}
        <span className="quiet" title={say('inSpan', { span: span(untilChange) })}>
          , {change}
        </span>
      </span>
      <LastScan status={status} now={now} />
      <span className="quiet phase">
        {t('phaseLine', { phase: status.phase, n: number(status.universe, 0), minutes: status.intervalMinutes })}
      </span>
    </>
  );
}

function LastScan({ status, now }: { status: ScannerStatus; now: number }) {
  const scan = status.lastScan;
  if (!scan) return <span className="quiet">{t('firstScan')}</span>;
  const stale = isStale(status, now);
  const skipped = Object.entries(scan.skipped)
    .map(([reason, count]) => `${skipReason(reason)} ${number(count, 0)}`)
    .join(', ');
  return (
    <span className={stale ? 'stale' : 'quiet'} title={skipped && say('noSignalFor', { reasons: skipped })}>
      {t(stale ? 'staleScan' : 'scan')} <time dateTime={scan.asOf}>{marketTime(scan.asOf, now)}</time>{' '}
      <span className="scan-work">
        · {t('scanWork', { n: number(scan.scanned, 0), seconds: number(scan.seconds, 1) })}
      </span>
    </span>
  );
}

function trouble(error: Error): string {
  const code = error instanceof ApiError ? error.code : 'UNREACHABLE';
  if (code === 'UNREACHABLE') return t('noConnection');
  return say(code === 'RATE_LIMITED' ? 'waiting' : 'serverTrouble');
}

interface ConnectionProps {
  updatedAt: number;
  error: Error | null;
  fetching: boolean;
  now: number;
}

function Connection({ updatedAt, error, fetching, now }: ConnectionProps) {
  if (error)
    return (
      <span className="connection lost" role="status" title={explain(error)}>
        <span className="dot" aria-hidden="true" />
        {updatedAt > 0 ? say('asOfAgo', { trouble: trouble(error), span: span(now - updatedAt) }) : trouble(error)}
      </span>
    );
  if (updatedAt === 0) return <span className="connection quiet">{t('connecting')}</span>;
  return (
    <span className="connection quiet">
      <span className={fetching ? 'dot live fetching' : 'dot live'} aria-hidden="true" />
      {now - updatedAt < 5000 ? t('updatedNow') : t('updatedAgo', { ago: span(now - updatedAt) })}
    </span>
  );
}
