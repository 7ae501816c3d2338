import type { Static } from 'typebox';
import type { RecordBucket } from '#products/kurzora/contract.ts';
import { number, signed } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { range, scaleEnd, share } from './rates.ts';
import { say } from './texts.ts';

type Bucket = Static<typeof RecordBucket>;

/** Scores in groups: a table whose rows draw themselves, all to one scale. */
export function Buckets({ buckets, caption, label }: { buckets: readonly Bucket[]; caption: string; label: string }) {
  const end = scaleEnd(buckets.flatMap(({ interval, baseRate }) => [interval[1] ?? 0, baseRate]));
  return (
    <table className="trades buckets">
      <caption className="hidden-visually">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{label}</th>
          <th scope="col">{t('count')}</th>
          <th scope="col" className="drawing">
            {say('picture')} <span className="ltr">0–{share(end, 0)}</span>
          </th>
          <th scope="col">{t('hitRate')}</th>
          <th scope="col">{t('interval')}</th>
          <th scope="col">{t('baseRate')}</th>
          <th scope="col">{say('lift')}</th>
          <th scope="col">{t('meanR')}</th>
        </tr>
      </thead>
      <tbody>
        {buckets.map((bucket) => (
          <BucketRow key={bucket.from} bucket={bucket} end={end} />
        ))}
      </tbody>
    </table>
  );
}

function BucketRow({ bucket, end }: { bucket: Bucket; end: number }) {
  const { from, to, n, hitRate, interval, baseRate, lift, meanR } = bucket;
  const cells: [string, string][] = [
    [t('hitRate'), share(hitRate)],
    [t('interval'), range(interval, 0)],
    [t('baseRate'), share(baseRate)],
    [say('lift'), signed(Math.round(lift * 1000) / 10 || 0, 1, 1)],
    [t('meanR'), signed(meanR, 3, 3)],
  ];
  return (
    <tr>
      <th scope="row">
        <span className="ltr">
          {number(from, 1)}–{number(to, 1)}
        </span>
      </th>
      <td data-name={t('count')}>
        <span className="ltr">{number(n, 0)}</span>
      </td>
      <td className="drawing">
        <Interval low={interval[0] ?? 0} high={interval[1] ?? 0} at={hitRate} mark={baseRate} from={0} to={end} />
      </td>
      {cells.map(([name, value]) => (
        <td key={name} data-name={name}>
          <bdi>{value}</bdi>
        </td>
      ))}
    </tr>
  );
}

interface IntervalProps {
  readonly low: number;
  readonly high: number;
  readonly at: number;
  /** What it is held against. */
  readonly mark: number;
  readonly from: number;
  readonly to: number;
}

/** A bar from end to end of an interval, a point where the value is, and a mark. The figures stand beside it. */
export function Interval({ low, high, at, mark, from, to }: IntervalProps) {
  const x = (value: number) => 2 + (96 * (value - from)) / (to - from || 1);
  return (
    <svg className="interval" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">
      <rect className="interval-track" x="2" width="96" y="5.5" height="1" />
      <rect className="interval-bar" x={x(low)} width={Math.max(0.5, x(high) - x(low))} y="4" height="4" />
      <rect className="interval-mark" x={x(mark) - 0.3} width="0.6" y="0" height="12" />
      <rect className="interval-point" x={x(at) - 0.7} width="1.4" y="2.5" height="7" />
    </svg>
  );
}
