import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';
import type { Performance } from '#products/kurzora/contract.ts';
import { gain, money, number, percent, signed } from '../../app/format.ts';
import { currentLocale, t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { Figure } from '../portfolio/figure.tsx';
import { tone } from '../portfolio/tone.ts';
import { drawCurve, nearest } from './curve.ts';
import { PERIODS, type Period, usePerformance } from './queries.ts';
import { say } from './texts.ts';

/** What the account was worth at each close, and how that compares. */
export function EquityCurve() {
  const [period, setPeriod] = useState<Period>('1M');
  const performance = usePerformance(period);
  return (
    <section className="dashboard-part" aria-labelledby="dashboard-curve">
      <div className="part-head">
        <h2 id="dashboard-curve">{say('curve')}</h2>
        <ToggleButtonGroup
          className="periods ltr"
          aria-label={say('period')}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[period]}
          onSelectionChange={([key]) => setPeriod(key as Period)}
        >
          {PERIODS.map((each) => (
            <ToggleButton key={each} id={each} className="period">
              {each === 'ALL' ? say('periodAll') : each}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      {performance.error && !performance.data ? (
        <FailureNotice what={t('notLoaded')} error={performance.error} retry={() => void performance.refetch()} />
      ) : performance.data ? (
        <Loaded key={period} performance={performance.data} />
      ) : (
        <Skeleton rows={6} label={t('loading')} />
      )}
    </section>
  );
}

function Loaded({ performance }: { performance: Performance }) {
  const { points, metrics, benchmark } = performance;
  if (points.length < 2) return <p className="quiet">{say('curveBegins')}</p>;
  return (
    <>
      <Drawing points={points} />
      <dl className="figures small-figures">
        <Figure name={say('curveReturn')} value={percent(metrics.totalReturn)} tone={tone(metrics.totalReturn)} />
        <Figure name={say('curveDrawdown')} value={percent(-Math.abs(metrics.maxDrawdown))} />
        {benchmark !== null && benchmark.difference !== null && (
          <Figure
            name={say('against', { symbol: benchmark.symbol })}
            value={say('points', { n: signed(benchmark.difference, 2, 2) })}
            tone={tone(benchmark.difference)}
          />
        )}
      </dl>
    </>
  );
}

const day = (date: string) =>
  new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(date));

const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  PageUp: (at) => at + 5,
  PageDown: (at) => at - 5,
  Home: () => 0,
  End: (_at, last) => last,
};

/** A line that is read like a slider: pointer or arrows choose a close, whose day and value stand above it. Time runs to the right in every language. */
function Drawing({ points }: { points: Performance['points'] }) {
  const last = points.length - 1;
  const [chosen, setChosen] = useState(last);
  const index = Math.min(chosen, last);
  const curve = drawCurve(points.map(({ totalValue }) => totalValue));
  const { x, y } = curve.at[index] ?? { x: 0, y: 50 };
  const point = points[index];
  const reading = point ? say('curveNow', { date: day(point.date), value: money(point.totalValue) }) : '';
  const rising = (points[last]?.totalValue ?? 0) >= (points[0]?.totalValue ?? 0);
  function press(event: KeyboardEvent): void {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    setChosen(Math.min(last, Math.max(0, step(index, last))));
  }
  function choose(event: PointerEvent<HTMLElement>): void {
    const box = event.currentTarget.getBoundingClientRect();
    setChosen(nearest((event.clientX - box.left) / box.width, points.length));
  }
  return (
    <div className="curve">
      <p className="curve-reading">
        <span className="quiet small">{point && day(point.date)}</span>{' '}
        <strong className="ltr">{money(point?.totalValue ?? null)}</strong>{' '}
        <span className={`ltr small ${tone(point?.dailyChange ?? null) ?? ''}`}>
          {point && point.dailyChange !== null ? gain(point.dailyChange) : ''}
        </span>
      </p>
      <div
        className={rising ? 'curve-box up' : 'curve-box down'}
        dir="ltr"
        role="slider"
        tabIndex={0}
        aria-label={say('curveLabel', {
          n: number(points.length, 0),
          from: day(points[0]?.date ?? ''),
          to: day(points[last]?.date ?? ''),
        })}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={index}
        aria-valuetext={reading}
        onKeyDown={press}
        onPointerMove={choose}
        onPointerDown={choose}
        onPointerLeave={() => setChosen(last)}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          <path className="curve-area" d={curve.area} />
          <path className="curve-start" d={`M0 ${curve.start}H100`} />
          <path className="curve-line" d={curve.line} />
          <path className="curve-cursor" d={`M${x} 0V100`} />
        </svg>
        <span className="curve-dot" style={{ left: `${x}%`, top: `${y}%` }} />
        <span className="curve-high small quiet">{money(curve.high)}</span>
        <span className="curve-low small quiet">{money(curve.low)}</span>
      </div>
    </div>
  );
}
