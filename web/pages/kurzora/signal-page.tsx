import { t } from '../../app/language.ts';
import './signals.css';
import './signal.css';
import { type ReactNode, useEffect } from 'react';
import type { SignalDetail } from '#products/kurzora/contract.ts';
import { ApiError } from '../../app/api.ts';
import { useNow } from '../../app/clock.ts';
import { marketTime, price, span } from '../../app/format.ts';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { listAddress, navigate } from '../../app/router.tsx';
import { ExecuteForm } from '../portfolio/execute-form.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { IndicatorMatrix } from './indicator-matrix.tsx';
import { SourceLabel } from './market-bar.tsx';
import { useSignal } from './queries.ts';
import { ScoreComposition } from './score-composition.tsx';
import { SignalHistory } from './signal-history.tsx';
import { Change, TierLabel, TypeLabel } from './signal-labels.tsx';
import { TradePlan } from './trade-plan.tsx';

export function SignalPage({ id }: { id: string }) {
  const signal = useSignal(id);
  const title = signal.data ? `${signal.data.ticker} ${signal.data.finalScore}` : 'Signal';
  const simulated = signal.data?.source === 'simulated';
  useEffect(() => {
    document.title = `${simulated ? 'SIMULATED · ' : ''}${title} · Kurzora`;
  }, [title, simulated]);

  return (
    <div className="signal-page">
      <nav>
        <BackToList />
      </nav>
      {signal.data ? <LoadedSignal signal={signal.data} /> : <Pending signal={signal} />}
    </div>
  );
}

function BackToList() {
  const address = listAddress();
  return (
    <a
      className="back small"
      href={address}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        // Going back rather than forward keeps the list where it was scrolled to.
        if (history.state?.from) history.back();
        else navigate(address);
      }}
    >
      <span className="back-mark" aria-hidden="true">
        ←
      </span>{' '}
      {t('liveSignals')}
    </a>
  );
}

function Pending({ signal }: { signal: ReturnType<typeof useSignal> }) {
  if (!signal.error) return <Skeleton rows={12} label={t('loadingSignal')} />;
  const unknown = signal.error instanceof ApiError && ['NOT_FOUND', 'VALIDATION_ERROR'].includes(signal.error.code);
  if (!unknown)
    return <FailureNotice what={t('signalNotLoaded')} error={signal.error} retry={() => signal.refetch()} />;
  return (
    <Notice title={t('noSuchSignal')}>
      <p>The address may be mistyped, or the signal belongs to another project.</p>
    </Notice>
  );
}

function LoadedSignal({ signal }: { signal: SignalDetail }) {
  return (
    <>
      <SignalHeader signal={signal} />
      <div className="signal-columns">
        <div className="column-main">
          <ChartPanel signal={signal} />
          <Part title={t('indicatorsGave')}>
            <IndicatorMatrix signal={signal} />
          </Part>
        </div>
        <div className="column-side">
          <Part title={t('scoreMade')}>
            <ScoreComposition signal={signal} />
          </Part>
          <Part title={t('tradePlan')}>
            <TradePlan signal={signal} />
            <ExecuteForm signal={signal} />
          </Part>
          {signal.record && (
            <Part title={t('record')}>
              <p className="small" lang="en" dir="ltr">
                {signal.record.text}
              </p>
              {signal.record.edge === 'none' && <p className="small quiet">{t('noEdge')}</p>}
            </Part>
          )}
          {signal.explanation && (
            <Part title={t('inWords')}>
              <p className="small" lang="en" dir="ltr">
                {signal.explanation}
              </p>
            </Part>
          )}
          <Part title={t('signalHistory')}>
            <SignalHistory id={signal.id} />
          </Part>
        </div>
      </div>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="part">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function SignalHeader({ signal }: { signal: SignalDetail }) {
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
          {signal.sector && <span className="quiet">{signal.sector}</span>}
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
        {standing ? t('reasonExpired') : t('over', { status: signal.status })}, {made}
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
