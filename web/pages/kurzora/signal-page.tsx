import './signal/signal.css';
import './signal/arithmetic.css';
import { type ReactNode, useEffect } from 'react';
import type { SignalDetail } from '#products/kurzora/contract.ts';
import { ApiError } from '../../app/api.ts';
import { currentLanguage, t } from '../../app/language.ts';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { listAddress, navigate } from '../../app/router.tsx';
import { useSession } from '../../app/session.ts';
import { ExecuteForm } from '../portfolio/execute-form.tsx';
import { BookmarkButton } from './bookmark-button.tsx';
import { useSignal } from './queries.ts';
import { ChartPanel } from './signal/chart-panel.tsx';
import { IndicatorMatrix } from './signal/indicator-matrix.tsx';
import { OwnTrades, WatchButton } from './signal/own-part.tsx';
import { ScoreComposition } from './signal/score-composition.tsx';
import { Screen } from './signal/shariah-screen.tsx';
import { SignalHeader } from './signal/signal-header.tsx';
import { SignalHistory } from './signal/signal-history.tsx';
import { say } from './signal/texts.ts';
import { TradePlan } from './signal/trade-plan.tsx';
import { Worth } from './signal/worth.tsx';

export function SignalPage({ id }: { id: string }) {
  const signal = useSignal(id);
  const title = signal.data ? `${signal.data.ticker} ${signal.data.finalScore}` : say('signal');
  const simulated = signal.data?.source === 'simulated';
  useEffect(() => {
    document.title = `${simulated ? `${t('simulated')} · ` : ''}${title} · Kurzora`;
  }, [title, simulated]);

  return (
    <div className="signal-page">
      <nav aria-label={t('signals')}>
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
        if (history.state?.from === address) history.back();
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
  const signedIn = useSession().kind === 'in';
  if (!signal.error) return <Skeleton rows={12} label={t('loadingSignal')} />;
  const unknown = signal.error instanceof ApiError && ['NOT_FOUND', 'VALIDATION_ERROR'].includes(signal.error.code);
  if (!unknown)
    return <FailureNotice what={t('signalNotLoaded')} error={signal.error} retry={() => signal.refetch()} />;
  return (
    <Notice title={t('noSuchSignal')}>
      <p>
        {say('notHere')} {signedIn && say('beyondPlan')}
      </p>
    </Notice>
  );
}

function LoadedSignal({ signal }: { signal: SignalDetail }) {
  const scored = signal.indicators.length > 0;
  return (
    <>
      <SignalHeader signal={signal} />
      <OwnTools signal={signal} />
      <div className="signal-columns">
        <div className="column-main">
          <ChartPanel signal={signal} />
          <Part title={t('indicatorsGave')}>
            {scored ? <IndicatorMatrix signal={signal} /> : <p className="small quiet">{say('byHand')}</p>}
          </Part>
        </div>
        <div className="column-side">
          {scored && (
            <Part title={t('scoreMade')}>
              <ScoreComposition signal={signal} />
            </Part>
          )}
          <Part title={t('tradePlan')}>
            <TradePlan signal={signal} />
            <ExecuteForm signal={signal} />
          </Part>
          {signal.record && (
            <Part title={t('record')}>
              <Worth signal={signal} />
            </Part>
          )}
          {signal.explanation && (
            <Part title={t('inWords')}>
              {/* What staff wrote by hand may be in any language. */}
              <p className="small" dir="auto" lang={scored ? currentLanguage() : undefined}>
                {signal.explanation}
              </p>
            </Part>
          )}
          {signal.shariah && (
            <Part title={say('screen')}>
              <Screen screen={signal.shariah} />
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

/** What the signed in can do with a signal besides trading it, and what they did. */
function OwnTools({ signal }: { signal: SignalDetail }) {
  const session = useSession();
  if (session.kind !== 'in') return null;
  return (
    <>
      <p className="own-tools">
        <BookmarkButton id={signal.id} label={say('save')}>
          {say('save')}
        </BookmarkButton>
        <WatchButton ticker={signal.ticker} />
      </p>
      <OwnTrades signal={signal} userId={session.userId} />
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
