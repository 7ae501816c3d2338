import './signal/arithmetic.css';
import './record/record.css';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Static } from 'typebox';
import type { PublicPerformance } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { number, percent } from '../../app/format.ts';
import { t } from '../../app/language.ts';
import { FailureNotice, Notice, Skeleton } from '../../app/notice.tsx';
import { Figure } from '../portfolio/figure.tsx';
import { SourceLabel } from './market-bar.tsx';
import { OneRecord } from './record/one-record.tsx';
import { say } from './record/texts.ts';

type Performance = Static<typeof PublicPerformance>;

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
  const { outcomes, records, source, simulated } = performance;
  return (
    <>
      <p className="small">
        <SourceLabel source={source} /> {simulated && <span className="quiet">{say('simulatedRecord')}</span>}
      </p>
      {records.length === 0 && (
        <Notice title={t('noRecord')}>
          <p>{t('noRecordWhy')}</p>
        </Notice>
      )}
      {records.map((record) => (
        <OneRecord key={`${record.kind} ${record.timeframe}`} record={record} />
      ))}
      <section className="part">
        <h2>{t('endedSignals', { days: outcomes.days })}</h2>
        <dl className="figures">
          <Figure name={t('ended')} value={number(outcomes.ended, 0)} />
          <Figure name={t('targetHit')} value={number(outcomes.targetHit, 0)} />
          <Figure name={t('stopHit')} value={number(outcomes.stopLossHit, 0)} />
          <Figure name={t('ranOut')} value={number(outcomes.expired, 0)} />
          <Figure name={t('averageReturn')} value={percent(outcomes.averageReturn)} />
        </dl>
      </section>
      <Measured performance={performance} />
    </>
  );
}

function Measured({ performance: { protocol } }: { performance: Performance }) {
  return (
    <section className="part prose">
      <h2>{say('measured')}</h2>
      <p className="small">
        {say('measuredHow', {
          ...{ period: protocol.atrPeriod, multiple: number(protocol.multiple), horizon: protocol.horizon },
          cost: number(protocol.costRate * 10_000),
        })}
      </p>
      <p className="small quiet">{say('notSaid')}</p>
    </section>
  );
}
