import type { SignalDetail } from '#products/kurzora/contract.ts';
import { number, signed } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { say } from './texts.ts';

const percent = (share: number, digits = 0) => number(share * 100, digits, digits);

/** What scores like this one were worth, the calibrated score beside the engine's, and that neither is an edge where none has been shown. */
export function Worth({ signal }: { signal: SignalDetail }) {
  const { record } = signal;
  if (!record) return null;
  const { from, to, n, hitRate, interval, baseRate, meanR, calibrated } = record;
  const sentence = say('worth', {
    ...{ score: signal.finalScore, rate: percent(hitRate), n: number(n, 0), base: percent(baseRate) },
    ...{ low: percent(interval[0] ?? 0), high: percent(interval[1] ?? 0) },
  });
  return (
    <>
      <p className="small">{sentence}</p>
      <table className="arithmetic">
        <tbody>
          <Line name={say('engineScore')} value={number(signal.finalScore, 0)} />
          {calibrated !== null && <Line name={say('calibrated')} value={`${percent(calibrated, 1)}%`} />}
          <Line name={t('baseRate')} value={`${percent(baseRate, 1)}%`} />
          <Line name={say('meanGain')} value={`${signed(meanR, 3, 3)} R`} />
        </tbody>
      </table>
      <p className="small">
        {record.edge === 'none' ? t('noEdge') : say('edgeShown')}{' '}
        {record.calibratedEdge && say(record.calibratedEdge === 'none' ? 'calibratedNone' : 'calibratedEdge')}
      </p>
      <p className="small quiet">
        {say('worthTogether', { from, to })} {say(record.kind === 'live' ? 'fromLive' : 'fromReplay')}{' '}
        {say('worthSkill')} <Link to="/record">{say('wholeRecord')}</Link>
      </p>
    </>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <span className="ltr">{value}</span>
      </td>
    </tr>
  );
}
