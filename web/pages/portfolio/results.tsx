import '../kurzora/labels.css';
import { useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { Analytics, Performance } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { gain, money, number, percent } from '../../app/format.ts';
import { currentLocale, t } from '../../app/language.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { sectorName } from '../sectors/texts.ts';
import { Figure } from './figure.tsx';
import { say } from './texts.ts';
import { tone } from './tone.ts';

type AccountAnalytics = Static<typeof Analytics>;

/** How the account did since it began, or began again: worked out by the server from trades and closes. */
export function Results() {
  const analytics = useQuery({
    queryKey: ['trades', 'analytics'],
    queryFn: async ({ signal }) => (await get<AccountAnalytics>('portfolio/analytics', signal)).data,
  });
  return (
    <section className="part" aria-labelledby="results">
      <h2 id="results">{say('results')}</h2>
      {analytics.error ? (
        <FailureNotice what={t('notLoaded')} error={analytics.error} retry={() => void analytics.refetch()} />
      ) : analytics.data ? (
        <Loaded analytics={analytics.data} />
      ) : (
        <Skeleton rows={4} label={t('loading')} />
      )}
    </section>
  );
}

const share = (value: number | null) => (value === null ? number(null) : `${number(value, 1)}%`);
const ratio = (value: number | null) => number(value, 2, 2);

function Loaded({ analytics }: { analytics: AccountAnalytics }) {
  const { summary, trades, curve, exposure, months, alarms } = analytics;
  const largest = exposure.largestPosition;
  // Of no trade the server says 0 throughout: that is no finding.
  const of = (value: number) => (trades.trades === 0 ? null : value);
  return (
    <>
      {alarms.map(({ rule, limit, actual }) => (
        <p key={rule} className="down small" role="status">
          {say('drawdownAlarm', { actual: share(actual), limit: share(limit) })}
        </p>
      ))}
      <dl className="figures dense">
        <Figure name={t('realised')} value={gain(summary.realizedPnl)} tone={tone(summary.realizedPnl)} />
        <Figure
          name={say('totalReturn')}
          value={percent(summary.totalReturnPercent)}
          tone={tone(summary.totalReturnPercent)}
        />
        <VersusSpy />
        <Figure name={t('closedTrades')} value={number(trades.trades, 0)} />
        <Figure name={say('winRate')} value={share(of(trades.winRate))} />
        <Figure name={say('profitFactor')} value={trades.grossLoss === 0 ? number(null) : ratio(trades.profitFactor)} />
        <Figure name={say('expectancy')} value={gain(of(trades.expectancy))} />
        <Figure name={say('averageWin')} value={gain(of(trades.averageWin))} />
        <Figure name={say('averageLoss')} value={gain(of(trades.averageLoss))} />
        <Figure name={say('largestWin')} value={gain(of(trades.largestWin))} />
        <Figure name={say('largestLoss')} value={gain(of(trades.largestLoss))} />
        <Figure name={say('holdingDays')} value={number(of(trades.averageHoldingDays), 1)} />
        <Figure name={say('sharpe')} value={ratio(curve.sharpe)} />
        <Figure name={say('sortino')} value={ratio(curve.sortino)} />
        <Figure name={say('volatility')} value={share(curve.volatility)} />
        <Figure name={say('maxDrawdown')} value={share(curve.maxDrawdown)} />
        <Figure name={say('currentDrawdown')} value={share(curve.currentDrawdown)} />
        <Figure name={say('exposure')} value={share(exposure.invested)} />
        {largest && <Figure name={say('largestPosition')} value={`${largest.ticker} ${share(largest.percent)}`} />}
      </dl>
      <p className="quiet small">{say('tooFew')}</p>
      <Sectors bySector={exposure.bySector} />
      {months.length > 0 && <Months months={months} />}
    </>
  );
}

function VersusSpy() {
  const { data } = useQuery({
    queryKey: ['trades', 'performance', 'ALL'],
    queryFn: async ({ signal }) =>
      (await get<Performance>('portfolio/performance?period=ALL&benchmark=SPY', signal)).data,
  });
  const difference = data?.benchmark?.difference ?? null;
  if (!data) return null;
  return (
    <Figure
      name={say('versusSpy')}
      value={difference === null ? say('noSpy') : percent(difference)}
      tone={tone(difference)}
    />
  );
}

function Sectors({ bySector }: { bySector: AccountAnalytics['exposure']['bySector'] }) {
  if (bySector.length === 0) return null;
  return (
    <table className="bars">
      <caption className="quiet small">{say('sectors')}</caption>
      <tbody>
        {bySector.map(({ sector, percent: part }) => (
          <tr key={sector}>
            <th scope="row">{sector ? sectorName(sector) : say('unknownSector')}</th>
            <td>
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect className="strip-track" width="100" height="4" />
                <rect className="strip-fill" width={Math.min(100, part)} height="4" />
              </svg>
            </td>
            <td>
              <span className="ltr">{share(part)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `2026-11` as the language writes a month. */
function monthName(month: string): string {
  const format = new Intl.DateTimeFormat(currentLocale(), { month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.format(new Date(`${month.slice(0, 7)}-15`));
}

function Months({ months }: { months: AccountAnalytics['months'] }) {
  return (
    <table className="trades">
      <caption className="quiet small">{say('months')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('month')}</th>
          <th scope="col">{say('trades')}</th>
          <th scope="col">{t('gain')}</th>
          <th scope="col">{say('winRate')}</th>
          <th scope="col">{say('best')}</th>
          <th scope="col">{say('worst')}</th>
        </tr>
      </thead>
      <tbody>
        {months.map((month) => (
          <tr key={month.month}>
            <th scope="row">{monthName(month.month)}</th>
            <td data-name={say('trades')}>{number(month.totalTrades, 0)}</td>
            <td data-name={t('gain')} className={tone(month.totalPnl)}>
              <span className="ltr">{gain(month.totalPnl)}</span>
            </td>
            <td data-name={say('winRate')}>
              <span className="ltr">{share(month.winRate)}</span>
            </td>
            <td data-name={say('best')}>
              <span className="ltr">{money(month.best)}</span>
            </td>
            <td data-name={say('worst')}>
              <span className="ltr">{money(month.worst)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
