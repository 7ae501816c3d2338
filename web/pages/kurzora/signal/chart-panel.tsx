import './chart.css';
import { lazy, Suspense, useState } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import type { ChartBars, SignalDetail } from '#products/kurzora/contract.ts';
import { ApiError } from '../../../app/api.ts';
import { marketTime, number, price } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Notice } from '../../../app/notice.tsx';
import { type ChartTimeframe, useBars } from '../queries.ts';
import { TIMEFRAMES } from '../timeframe-strip.tsx';
import { chartEnd, hasEnded, lastKnownBar } from './chart-span.ts';
import { say } from './texts.ts';

/** The chart library is as large as the rest of the page: it comes only when a chart is opened. */
const PriceChart = lazy(() => import('./price-chart.tsx'));

export function ChartPanel({ signal }: { signal: SignalDetail }) {
  const scored = TIMEFRAMES.filter((each) => signal.timeframeScores[each] !== null);
  const [timeframe, setTimeframe] = useState<ChartTimeframe>('1D');
  return (
    <section className="chart-panel">
      <div className="chart-head">
        <h2>{t('chart')}</h2>
        <ToggleButtonGroup
          className="segments ltr"
          aria-label={t('timeframe')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[timeframe]}
          onSelectionChange={([key]) => setTimeframe(key as ChartTimeframe)}
        >
          {TIMEFRAMES.map((each) => (
            <ToggleButton key={each} id={each} className="segment" isDisabled={!scored.includes(each) && each !== '1D'}>
              {each}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      <ChartArea signal={signal} timeframe={timeframe} />
    </section>
  );
}

function ChartArea({ signal, timeframe }: { signal: SignalDetail; timeframe: ChartTimeframe }) {
  const bars = useBars(signal.ticker, timeframe, chartEnd(signal, timeframe));
  if (bars.error instanceof ApiError && bars.error.code === 'NOT_FOUND')
    return <NoBars ticker={signal.ticker} timeframe={timeframe} />;
  if (bars.error && !bars.data)
    return (
      <div className="chart-box">
        <FailureNotice what={t('barsNotLoaded')} error={bars.error} retry={() => bars.refetch()} />
      </div>
    );
  if (!bars.data) return <div className="chart-box loading" role="status" aria-label={say('loadingBars')} />;
  if (bars.data.time.length === 0) return <NoBars ticker={signal.ticker} timeframe={timeframe} />;
  return (
    <figure className="chart-figure">
      <div className="chart-box drawn" dir="ltr">
        <Suspense fallback={<div className="chart-box loading" />}>
          <PriceChart bars={bars.data} signal={signal} label={describe(bars.data, signal)} />
        </Suspense>
      </div>
      <figcaption className="quiet small">
        {bars.data.source === 'simulated' && `${say('simulatedPrices')} `}
        {hasEnded(signal) && `${say('paleBars', { time: marketTime(signal.asOf) })} `}
        {bars.data.provisional && `${say('stillRunning')} `}
        {say('newYorkTimes')}{' '}
        <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank">
          TradingView
        </a>
        .
      </figcaption>
    </figure>
  );
}

function NoBars({ ticker, timeframe }: { ticker: string; timeframe: ChartTimeframe }) {
  return (
    <div className="chart-box">
      <Notice title={say('noBars', { timeframe, ticker })} />
    </div>
  );
}

/** The picture in one sentence, for those who do not see it. */
function describe(bars: ChartBars, signal: SignalDetail): string {
  const last = bars.time.length - 1;
  const day = (index: number) => marketTime(new Date((bars.time[index] ?? 0) * 1000).toISOString());
  const later = hasEnded(signal) ? last - lastKnownBar(bars, signal.asOf) : 0;
  return say(later > 0 ? 'chartAltAfter' : 'chartAlt', {
    ...{ ticker: bars.ticker, n: number(last + 1, 0), timeframe: bars.timeframe, from: day(0), to: day(last) },
    ...{ later: number(later, 0), close: price(bars.close[last] ?? null), entry: price(signal.entryPrice) },
    ...{ stop: price(signal.stopLoss), target: price(signal.takeProfit) },
  });
}
