import { gain, money, number, percent } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { useLiveRows } from '../../app/live-rows.ts';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { SignedIn } from '../../app/signed-in.tsx';
import { BestSignalsTable, useBestSignals } from '../landing/best-signals.tsx';
import { Figure } from '../portfolio/figure.tsx';
import { tone } from '../portfolio/tone.ts';
import { Activity } from './activity.tsx';
import { EquityCurve } from './equity-curve.tsx';
import { Holdings } from './holdings.tsx';
import { type Overview, useOverview, usePerformance } from './queries.ts';
import { RecentTrades } from './recent-trades.tsx';
import { say } from './texts.ts';
import { UnreadAlerts } from './unread-alerts.tsx';
import './dashboard.css';

const BEST_SHOWN = 5;

export function DashboardPage() {
  return <SignedIn title={t('dashboard')}>{({ userId }) => <Dashboard userId={userId} />}</SignedIn>;
}

function Dashboard({ userId }: { userId: string }) {
  useLiveRows('paper_trades', `user_id=eq.${userId}`, 'trades');
  const overview = useOverview();
  if (overview.error && !overview.data)
    return <FailureNotice what={t('notLoaded')} error={overview.error} retry={() => void overview.refetch()} />;
  if (!overview.data) return <Skeleton rows={10} label={t('loading')} />;
  const { portfolio, recentTrades } = overview.data;
  return (
    <>
      <AccountFigures portfolio={portfolio} />
      <div className="dashboard">
        <div className="dashboard-main">
          <EquityCurve />
          <Holdings holdings={portfolio.holdings} />
          <BestSignals />
          <RecentTrades trades={recentTrades} />
        </div>
        <div className="dashboard-side">
          <UnreadAlerts />
          <Activity />
        </div>
      </div>
    </>
  );
}

function AccountFigures({ portfolio }: { portfolio: Overview['portfolio'] }) {
  // A week reaches back to the close before today over any weekend.
  const change = usePerformance('1W').data?.points.at(-1)?.dailyChange ?? null;
  const before = change === null ? 0 : portfolio.totalValue - change;
  const decided = portfolio.closedTrades > 0;
  return (
    <dl className="figures">
      <Figure name={t('accountValue')} value={money(portfolio.totalValue)} />
      <Figure
        name={say('dayChange')}
        value={before > 0 ? `${gain(change)} (${percent((100 * (change ?? 0)) / before)})` : gain(change)}
        tone={tone(change)}
      />
      <Figure name={t('cash')} value={money(portfolio.cash)} />
      <Figure name={t('invested')} value={money(portfolio.invested)} />
      <Figure
        name={say('profit')}
        value={`${gain(portfolio.totalPnl)} (${percent(portfolio.totalReturnPercent)})`}
        tone={tone(portfolio.totalPnl)}
      />
      <Figure
        name={say('winRate')}
        value={
          decided ? `${number(portfolio.winRate, 1)}% (${portfolio.winningTrades}/${portfolio.closedTrades})` : '–'
        }
      />
    </dl>
  );
}

function BestSignals() {
  const best = useBestSignals(BEST_SHOWN);
  return (
    <section className="dashboard-part" aria-labelledby="dashboard-best">
      <div className="part-head">
        <h2 id="dashboard-best">{say('bestSignals')}</h2>
        <Link to="/signals" className="small">
          {t('allSignals')}
        </Link>
      </div>
      {best.error && !best.data ? (
        <FailureNotice what={t('signalsNotLoaded')} error={best.error} retry={() => void best.refetch()} />
      ) : !best.data ? (
        <Skeleton rows={BEST_SHOWN} label={t('loadingSignals')} />
      ) : best.data.signals.length === 0 ? (
        <p className="quiet">{say('noSignals')}</p>
      ) : (
        <BestSignalsTable signals={best.data.signals} label={say('bestSignals')} />
      )}
      {best.data && best.data.hidden > 0 && (
        <p className="small quiet">
          <Link to="/pricing">{say('beyondPlan', { n: number(best.data.hidden, 0) })}</Link>
        </p>
      )}
    </section>
  );
}
