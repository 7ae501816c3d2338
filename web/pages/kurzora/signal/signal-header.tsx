import type { SignalDetail } from '#products/kurzora/contract.ts';
import { useNow } from '../../../app/clock.ts';
import { marketTime, price, span } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { sectorName } from '../../sectors/texts.ts';
import { SourceLabel } from '../market-bar.tsx';
import { Change, ShariahLabel, TierLabel, TypeLabel } from '../signal-labels.tsx';
import { sayCode } from '../texts.ts';

export function SignalHeader({ signal }: { signal: SignalDetail }) {
  return (
    <header className="signal-header">
      <span className="score-large ltr">{signal.finalScore}</span>
      <div className="signal-name">
        <h1 tabIndex={-1}>
          <span className="ltr">{signal.ticker}</span>{' '}
          {signal.companyName && <span className="company quiet">{signal.companyName}</span>}
        </h1>
        <p className="facts small">
          <TypeLabel type={signal.signalType} />
          <TierLabel tier={signal.tier} />
          {signal.sector && <span className="quiet">{sectorName(signal.sector)}</span>}
          <ShariahLabel compliant={signal.isShariahCompliant} />
          <SourceLabel source={signal.source} />
        </p>
      </div>
      <div className="signal-price">
        <span className="price-large ltr">{price(signal.currentPrice)}</span>{' '}
        <Change value={signal.priceChangePercent} />
        <Validity signal={signal} />
      </div>
    </header>
  );
}

/** Until when the signal stands; one that has ended says so and keeps its numbers as they were made. */
function Validity({ signal }: { signal: SignalDetail }) {
  const now = useNow();
  const made = t('asOf', { time: marketTime(signal.asOf, now) });
  const left = signal.expiresAt ? new Date(signal.expiresAt).getTime() - now : null;
  // Somebody's execution triggers a signal and does not end it.
  const standing = ['active', 'triggered'].includes(signal.status);
  if (!standing || (left !== null && left <= 0))
    return (
      <p className="small stale">
        {standing ? t('reasonExpired') : t('over', { status: sayCode(signal.status) ?? signal.status })}, {made}
      </p>
    );
  return (
    <p className="small quiet">
      {made}
      {signal.expiresAt && left !== null && (
        <>, {t('validUntil', { time: marketTime(signal.expiresAt, now), left: span(left) })}</>
      )}
    </p>
  );
}
