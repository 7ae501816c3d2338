import './analytics.css';
import { money, number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { Figure } from '../../portfolio/figure.tsx';
import { ExportButton } from '../export-button.tsx';
import { useListAddress } from '../list-address.ts';
import { Choice, StaffTable } from '../list-parts.tsx';
import { type Me, may } from '../staff.ts';
import { word as userWord } from '../users/texts.ts';
import {
  type Analytics as Figures,
  SERIES,
  SPANS,
  type SubscriptionFigures,
  useAnalytics,
  useSubscriptions,
} from './analytics.ts';
import { ColumnChart } from './column-chart.tsx';
import { say, word } from './texts.ts';

export function Analytics({ me }: { me: Me }) {
  const { read, change } = useListAddress();
  const days = SPANS.find((span) => span === read('days')) ?? '30';
  const figures = useAnalytics(days);
  return (
    <>
      <search className="admin-filters">
        <Choice
          label={say('span')}
          value={days}
          options={SPANS.map((span) => [span, say('days', { n: span })])}
          onChange={(value) => change({ days: value === '30' ? '' : value })}
        />
        {may(me, 'user', 'read') && <ExportButton what="trades" />}
      </search>
      {may(me, 'user', 'read') && <Subscriptions />}
      {figures.error && (
        <FailureNotice what={t('notLoaded')} error={figures.error} retry={() => void figures.refetch()} />
      )}
      {!figures.error && !figures.data && <Skeleton rows={10} label={t('loading')} />}
      {figures.data && <Charts figures={figures.data.data} />}
    </>
  );
}

function Charts({ figures: { days, activeUsers, alerts, endpoints } }: { figures: Figures }) {
  return (
    <>
      <section className="part" aria-labelledby="day-by-day">
        <h2 id="day-by-day">{say('dayByDay')}</h2>
        <p className="small quiet">
          {say('activeUsers', {
            ...{ day: number(activeUsers.day, 0), week: number(activeUsers.week, 0) },
            month: number(activeUsers.month, 0),
          })}
        </p>
        <div className="charts">
          {SERIES.map((series) => (
            <ColumnChart
              key={series}
              name={say(series)}
              days={days.map((day) => ({ day: day.day, value: day[series] }))}
            />
          ))}
        </div>
      </section>
      <div className="two-parts">
        <Endpoints endpoints={endpoints} />
        <Messages alerts={alerts} />
      </div>
    </>
  );
}

function Endpoints({ endpoints }: Pick<Figures, 'endpoints'>) {
  const columns = [
    { name: say('endpoint') },
    ...(['requests', 'p50', 'p95', 'failed'] as const).map((key) => ({ name: say(key), numeric: true })),
  ];
  return (
    <section className="part" aria-labelledby="endpoints">
      <h2 id="endpoints">{say('endpoints')}</h2>
      <p className="small quiet">{say(endpoints.length > 0 ? 'sampled' : 'nothingYet')}</p>
      {endpoints.length > 0 && (
        <StaffTable caption={say('endpoints')} columns={columns}>
          {endpoints.map(({ method, endpoint, requests, p50, p95, failed }) => (
            <tr key={`${method} ${endpoint}`}>
              <th scope="row">
                <span className="ltr">
                  {method} {endpoint}
                </span>
              </th>
              {([requests, p50, p95, failed ?? 0] as const).map((value, place) => (
                <td key={columns[place + 1]?.name} data-name={columns[place + 1]?.name} className="numeric">
                  <span className="ltr">{number(value, 1)}</span>
                </td>
              ))}
            </tr>
          ))}
        </StaffTable>
      )}
    </section>
  );
}

function Messages({ alerts }: Pick<Figures, 'alerts'>) {
  const columns = [{ name: say('channel') }, { name: say('state') }, { name: say('count'), numeric: true }];
  return (
    <section className="part" aria-labelledby="messages">
      <h2 id="messages">{say('messages')}</h2>
      {alerts.length === 0 && <p className="small quiet">{say('nothingYet')}</p>}
      {alerts.length > 0 && (
        <StaffTable caption={say('messages')} columns={columns}>
          {alerts.map(({ channel, status, n }) => (
            <tr key={`${channel} ${status}`}>
              <th scope="row">{word(channel)}</th>
              <td data-name={say('state')}>{word(status)}</td>
              <td data-name={say('count')} className="numeric">
                <span className="ltr">{number(n, 0)}</span>
              </td>
            </tr>
          ))}
        </StaffTable>
      )}
    </section>
  );
}

function Subscriptions() {
  const found = useSubscriptions();
  if (found.error)
    return <FailureNotice what={t('notLoaded')} error={found.error} retry={() => void found.refetch()} />;
  if (!found.data) return <Skeleton rows={3} label={t('loading')} />;
  return <SubscriptionPart figures={found.data.data} />;
}

function SubscriptionPart({ figures }: { figures: SubscriptionFigures }) {
  const share = (value: number | null) => (value === null ? '–' : `${number(value, 1)}%`);
  const columns = [
    { name: t('plan') },
    { name: say('state') },
    { name: say('cycle') },
    { name: say('count'), numeric: true },
  ];
  return (
    <section className="part" aria-labelledby="subscriptions">
      <h2 id="subscriptions">{say('subscriptions')}</h2>
      <dl className="figures">
        <Figure name={say('revenue')} value={money(figures.monthlyRevenue)} />
        <Figure name={say('paying')} value={number(figures.paying, 0)} />
        <Figure name={say('trials')} value={number(figures.trials, 0)} />
        <Figure name={say('endingSoon')} value={number(figures.trialsEndingIn7Days, 0)} />
        <Figure name={say('conversion')} value={share(figures.trialConversion)} />
        <Figure name={say('canceled')} value={number(figures.canceledLast30Days, 0)} />
        <Figure name={say('churn')} value={share(figures.churn)} />
        <Figure name={say('overdue')} value={number(figures.overdue, 0)} />
      </dl>
      {figures.byPlan.length > 0 && (
        <StaffTable caption={say('subscriptions')} columns={columns}>
          {figures.byPlan.map(({ plan, status, cycle, count }) => (
            <tr key={`${plan} ${status} ${cycle}`}>
              <th scope="row">{userWord(plan)}</th>
              <td data-name={say('state')}>{word(status)}</td>
              <td data-name={say('cycle')}>{word(cycle)}</td>
              <td data-name={say('count')} className="numeric">
                <span className="ltr">{number(count, 0)}</span>
              </td>
            </tr>
          ))}
        </StaffTable>
      )}
    </section>
  );
}
