import './overview.css';
import { money, number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { ActivityFeed } from './activity-feed.tsx';
import { Health } from './health.tsx';
import { type SystemStats, useLiveOverview, useStats } from './overview.ts';
import { say } from './texts.ts';

export function Overview() {
  useLiveOverview();
  const stats = useStats();
  return (
    <>
      {stats.error && <FailureNotice what={t('notLoaded')} error={stats.error} retry={() => void stats.refetch()} />}
      {!stats.error && !stats.data && <Skeleton rows={3} label={t('loading')} />}
      {stats.data && <Figures stats={stats.data.data} />}
      <div className="two-parts">
        <Health />
        <ActivityFeed />
      </div>
    </>
  );
}

function Figures({ stats: { users, trades, signals, revenue } }: { stats: SystemStats }) {
  const active = (n: number) => say('activeOf', { n: number(n, 0) });
  return (
    <dl className="figures">
      <Count name={say('users')} value={users.total} beside={active(users.active)} fresh={users.last24h} />
      <Count name={say('signals')} value={signals.total} beside={active(signals.active)} fresh={signals.last24h} />
      <Count
        name={say('trades')}
        value={trades.total}
        beside={say('openOf', { n: number(trades.open, 0) })}
        fresh={trades.last24h}
      />
      <div>
        <dt className="quiet small">{say('revenue')}</dt>
        <dd>
          <span className="ltr">{money(revenue.monthly)}</span>
          <span className="quiet small beside">{say('subscriptions', { n: number(revenue.subscriptions, 0) })}</span>
        </dd>
      </div>
    </dl>
  );
}

interface CountProps {
  readonly name: string;
  readonly value: number;
  readonly beside: string;
  readonly fresh: number;
}

function Count({ name, value, beside, fresh }: CountProps) {
  return (
    <div>
      <dt className="quiet small">{name}</dt>
      <dd>
        <span className="ltr">{number(value, 0)}</span>
        <span className="quiet small beside">{beside}</span>
        <span className="quiet small beside">{say('last24h', { n: number(fresh, 0) })}</span>
      </dd>
    </div>
  );
}
