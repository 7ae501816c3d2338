import { useQuery } from '@tanstack/react-query';
import type { Static } from 'typebox';
import type { PublicPerformance, RecordBucket, ScoreRecord } from '#products/kurzora/contract.ts';
import { get } from '../../app/api.ts';
import { number } from '../../app/format.ts';
import { currentLocale, t } from '../../app/language.ts';
import { Link } from '../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../app/notice.tsx';
import { SourceLabel } from '../kurzora/market-bar.tsx';
import { say } from './texts.ts';

type Performance = Static<typeof PublicPerformance>;
type Bucket = Static<typeof RecordBucket>;

/** From here on people are told of a signal (kurzora.md 7): the scores whose worth matters most. */
const ALERT_SCORE = 80;

/** A share as percent, isolated so that it reads left to right, in one piece. */
const share = (value: number, digits = 1) => `\u2066${number(value * 100, digits, digits)}\u00a0%\u2069`;
const ends = (interval: readonly number[]) =>
  `\u2066${interval.map((end) => number(end * 100, 1, 1)).join('\u2060–\u2060')}\u00a0%\u2069`;
const day = (date: string) =>
  new Intl.DateTimeFormat(currentLocale(), { dateStyle: 'medium', timeZone: 'UTC' })
    .format(new Date(date))
    .replaceAll(' ', '\u00a0');
const rangeOf = ({ from, to }: Bucket) => `\u2066${from}–${to < 100 ? to - 1 : to}\u2069`;

/** The record in a sentence and a line: how often, of how many, how sure, beside what chance gives. */
export function RecordPart() {
  const record = useQuery({
    queryKey: ['record'],
    queryFn: async ({ signal }) => (await get<Performance>('public/performance', signal)).data,
    staleTime: 60_000,
  });
  return (
    <section className="landing-part" aria-labelledby="landing-record">
      <h2 id="landing-record">{say('recordTitle')}</h2>
      {record.error ? (
        <FailureNotice what={t('notLoaded')} error={record.error} retry={() => void record.refetch()} />
      ) : record.data ? (
        <Found performance={record.data} />
      ) : (
        <Skeleton rows={3} label={t('loading')} />
      )}
    </section>
  );
}

function Found({ performance }: { performance: Performance }) {
  const { records, outcomes, source, protocol } = performance;
  const record = records.find(({ kind }) => kind === 'live') ?? records[0];
  const facts = {
    ended: number(outcomes.ended, 0),
    days: outcomes.days,
    target: number(outcomes.targetHit, 0),
    stop: number(outcomes.stopLossHit, 0),
  };
  return (
    <>
      {record ? <Measured record={record} multiple={protocol.multiple} /> : <p>{say('noRecord')}</p>}
      <p className="small quiet">
        <SourceLabel source={source} /> {outcomes.ended > 0 ? say('ended', facts) : say('noneEnded')}{' '}
        <Link to="/record">{say('wholeRecord')}</Link>
      </p>
    </>
  );
}

function Measured({ record, multiple }: { record: ScoreRecord; multiple: number }) {
  const { buckets, overall, edge, brierSkill, brierSkillInterval } = record.engine;
  const high = buckets.find(({ from }) => from >= ALERT_SCORE);
  const bucket = high ?? overall;
  const positive = edge === 'positive' && brierSkill !== null && brierSkillInterval !== null;
  return (
    <>
      {bucket && (
        <>
          <p className="landing-figure">
            {say(high ? 'hitSentence' : 'hitSentenceAll', {
              range: rangeOf(bucket),
              multiple: number(multiple, 1),
              rate: share(bucket.hitRate),
              n: number(bucket.n, 0),
              interval: ends(bucket.interval),
              base: share(bucket.baseRate),
            })}
          </p>
          <Scale bucket={bucket} />
        </>
      )}
      <p>
        <strong>
          {positive
            ? say('edgePositive', { skill: share(brierSkill, 2), interval: ends(brierSkillInterval) })
            : t('noEdge')}
        </strong>
      </p>
      <p className="small quiet">
        {say(record.kind === 'live' ? 'recordLive' : 'recordReplay')}:{' '}
        {say('recordFacts', {
          symbols: number(record.symbols, 0),
          from: day(record.from),
          to: day(record.to),
          scored: number(record.scored, 0),
        })}
      </p>
    </>
  );
}

/** The same sentence drawn: the interval as a band from 0 to 100 %, the rate in it, the base rate as a line across. */
function Scale({ bucket }: { bucket: Bucket }) {
  const [low = 0, high = 0] = bucket.interval;
  const at = (value: number) => `${value * 100}%`;
  return (
    <div className="scale" aria-hidden="true">
      <div className="scale-track">
        <span className="scale-band" style={{ insetInlineStart: at(low), inlineSize: at(high - low) }} />
        <span className="scale-rate" style={{ insetInlineStart: at(bucket.hitRate) }} />
        <span className="scale-base" style={{ insetInlineStart: at(bucket.baseRate) }} />
      </div>
      <div className="scale-legend small quiet">
        <span className="scale-key-rate">{say('placesInterval', { range: rangeOf(bucket) })}</span>
        <span className="scale-key-base">{say('baseRate')}</span>
      </div>
    </div>
  );
}
