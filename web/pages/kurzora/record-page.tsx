import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import type { Static } from 'typebox';
import type { PublicPerformance, RecordBucket, ScoreRecord } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { number, percent, signed } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { Figure } from '../portfolio/figure.tsx';
import { SourceLabel } from './market-bar.tsx';

type Performance = Static<typeof PublicPerformance>;
type Bucket = Static<typeof RecordBucket>;

const share = (value: number) => `${number(value * 100, 1, 1)}%`;
const range = ([low, high]: readonly number[]) => `${number((low ?? 0) * 100, 0)}–${number((high ?? 0) * 100, 0)}%`;

/** What scores were worth so far, with what chance alone would have given, whether it flatters or not. */
export function RecordPage() {
  const record = useQuery({
    queryKey: ['record'],
    queryFn: async ({ signal }) => (await get<Performance>('public/performance', signal)).data,
    staleTime: 60_000,
  });
  useEffect(() => {
    document.title = `${t('record')} · Kurzora`;
  }, []);
  return (
    <div className="account-page">
      <h1>{t('record')}</h1>
      <p className="lead">{t('recordLead')}</p>
      {record.error ? (
        <FailureNotice what={t('notLoaded')} error={record.error} retry={() => void record.refetch()} />
      ) : record.data ? (
        <Loaded performance={record.data} />
      ) : (
        <Skeleton rows={8} label={t('loading')} />
      )}
    </div>
  );
}

function Loaded({ performance }: { performance: Performance }) {
  const { outcomes, records, source } = performance;
  return (
    <>
      <Part title={t('endedSignals', { days: outcomes.days })}>
        <p>
          <SourceLabel source={source} />
        </p>
        <dl className="figures">
          <Figure name={t('ended')} value={number(outcomes.ended, 0)} />
          <Figure name={t('targetHit')} value={number(outcomes.targetHit, 0)} />
          <Figure name={t('stopHit')} value={number(outcomes.stopLossHit, 0)} />
          <Figure name={t('ranOut')} value={number(outcomes.expired, 0)} />
          <Figure name={t('averageReturn')} value={percent(outcomes.averageReturn)} />
        </dl>
      </Part>
      {records.length === 0 && (
        <Notice title={t('noRecord')}>
          <p>{t('noRecordWhy')}</p>
        </Notice>
      )}
      {records.map((record) => (
        <Replay key={`${record.kind} ${record.timeframe}`} record={record} />
      ))}
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

function Replay({ record }: { record: ScoreRecord }) {
  const facts = {
    symbols: number(record.symbols, 0),
    from: record.from,
    to: record.to,
    scored: number(record.scored, 0),
  };
  return (
    <Part title={`${t(record.kind === 'live' ? 'recordLive' : 'recordReplay')} · ${record.timeframe}`}>
      <p className="small quiet">{t('recordFacts', facts)}</p>
      <ul className="verdict" lang="en" dir="ltr">
        {record.verdict.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <Buckets buckets={record.engine.buckets} />
    </Part>
  );
}

function Buckets({ buckets }: { buckets: readonly Bucket[] }) {
  return (
    <table className="trades">
      <caption className="hidden-visually">{t('record')}</caption>
      <thead>
        <tr>
          {(['score', 'count', 'hitRate', 'interval', 'baseRate', 'meanR'] as const).map((key) => (
            <th key={key} scope="col">
              {t(key)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {buckets.map((bucket) => (
          <tr key={bucket.from}>
            <th scope="row">
              <span className="ltr">
                {bucket.from}–{bucket.to}
              </span>
            </th>
            {[
              [t('count'), number(bucket.n, 0)],
              [t('hitRate'), share(bucket.hitRate)],
              [t('interval'), range(bucket.interval)],
              [t('baseRate'), share(bucket.baseRate)],
              [t('meanR'), signed(bucket.meanR, 3, 3)],
            ].map(([name, value]) => (
              <td key={name} data-name={name}>
                <span className="ltr">{value}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
