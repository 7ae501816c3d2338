import type { ScoreRecord } from '#products/kurzora/contract.ts';
import { localDay, localTime, number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Buckets } from './buckets.tsx';
import { Placebos } from './placebos.tsx';
import { Reliability } from './reliability.tsx';
import { Skill } from './skill.tsx';
import { say } from './texts.ts';
import { verdictSentences } from './verdict.ts';

/** One replay, or the live ledger, of one set of timeframes. */
export function OneRecord({ record }: { record: ScoreRecord }) {
  const { engine, calibrated } = record;
  const facts = {
    ...{ symbols: number(record.symbols, 0), scored: number(record.scored, 0) },
    ...{ from: localDay(record.from), to: localDay(record.to) },
  };
  return (
    <section className="part record">
      <h2>
        {t(record.kind === 'live' ? 'recordLive' : 'recordReplay')} · <span className="ltr">{record.timeframe}</span>
      </h2>
      <p className="small quiet">{t('recordFacts', facts)}</p>
      <ul className="verdict">
        {verdictSentences(record).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <h3>{say('engine')}</h3>
      <Buckets buckets={engine.buckets} caption={say('engine')} label={t('score')} />
      {calibrated && calibrated.buckets.length > 0 && (
        <>
          <h3>{say('calibrated')}</h3>
          <p className="small quiet">{say('calibratedWhat')}</p>
          <Buckets buckets={calibrated.buckets} caption={say('calibrated')} label={say('calibratedScore')} />
        </>
      )}
      <Skill engine={engine} calibrated={calibrated} />
      <Reliability engine={engine.reliability} calibrated={calibrated?.reliability ?? []} />
      {record.placebo && <Placebos placebo={record.placebo} />}
      <p className="small quiet">
        {say('data', { hash: record.dataHash.slice(0, 16), time: localTime(record.createdAt) })}
      </p>
    </section>
  );
}
