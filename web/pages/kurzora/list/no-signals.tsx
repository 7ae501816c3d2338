import type { ScannerStatus } from '#products/kurzora/contract.ts';
import { marketTime, number } from '../../../app/format.ts';
import { Notice } from '../../../app/notice.tsx';
import { skipReason } from '../skip-reasons.ts';
import { say } from './texts.ts';

/** An empty list is an answer: say whether a scan is still to come, or what it found wanting. */
export function NoSignals({ status }: { status?: ScannerStatus }) {
  const scan = status?.lastScan;
  if (!scan)
    return (
      <Notice title={say(status ? 'firstScanRuns' : 'noLive')}>
        {status && <div className="progress" role="progressbar" aria-label={say('firstScanBar')} />}
        <p>{say('willAppear')}</p>
      </Notice>
    );
  const reasons = Object.entries(scan.skipped).sort((a, b) => b[1] - a[1]);
  const facts = { time: marketTime(scan.asOf), n: number(scan.scanned, 0) };
  return (
    <Notice title={say('noLive')}>
      <p>
        {say(scan.signals > 0 ? 'haveExpired' : 'nonePassed', facts)}{' '}
        {status.marketOpen ? say('nextWhileOpen') : say('nextFrom', { time: marketTime(status.nextChange) })}
      </p>
      {reasons.length > 0 && (
        <dl className="reasons small" aria-label={say('whyNot')}>
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
