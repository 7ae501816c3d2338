import { ApiError, send } from '../../../app/api.ts';
import { money, number } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { AskedTwice, Refused } from '../deed-parts.tsx';
import { StaffTable } from '../list-parts.tsx';
import { useAdmin, useDeed } from '../staff.ts';
import { say } from './texts.ts';

interface Phase {
  readonly number: 1 | 2 | 3;
  readonly universe: string;
  readonly stocks: number;
  readonly intervalMinutes: number;
  readonly monthlyCost: number;
  /** What should be reached before; null for the first. */
  readonly gate: { readonly payers: number; readonly winRate: number } | null;
  readonly gateReached: boolean;
}

/** `GET admin/phases`. */
interface PhaseOverview {
  readonly current: number;
  /** False: the configuration says it. */
  readonly chosen: boolean;
  readonly payers: number;
  /** Percent; null when no signal reached a level yet. */
  readonly winRate: number | null;
  readonly phases: readonly Phase[];
}

interface Switch {
  readonly phase: 1 | 2 | 3 | null;
  readonly force?: boolean;
}

/** What each phase scans and costs, how far its gate is, and the switch: the next scan takes the new one. */
export function Phases({ changeable }: { changeable: boolean }) {
  const overview = useAdmin<PhaseOverview>('phases');
  const change = useDeed((input: Switch) => send('PUT', 'admin/phases', input));
  if (overview.error)
    return <FailureNotice what={t('notLoaded')} error={overview.error} retry={() => void overview.refetch()} />;
  if (!overview.data) return <Skeleton rows={4} label={t('loading')} />;
  const { data } = overview.data;
  const columns = [
    { name: say('phase') },
    ...(['stocks', 'interval', 'cost'] as const).map((key) => ({ name: say(key), numeric: true })),
    { name: say('gateOf') },
    { name: say('switch'), hidden: true },
  ];
  return (
    <section className="part" aria-labelledby="phases">
      <h2 id="phases">{say('phases')}</h2>
      <p className="small quiet">
        {say('phaseFigures', {
          payers: number(data.payers, 0),
          rate: data.winRate === null ? '–' : `${number(data.winRate, 1)}%`,
        })}{' '}
        {!data.chosen && say('phaseConfigured')}
      </p>
      <StaffTable caption={say('phases')} columns={columns}>
        {data.phases.map((phase) => (
          <tr key={phase.number} aria-current={phase.number === data.current}>
            <th scope="row">
              {number(phase.number, 0)} <span className="quiet small">{phase.universe}</span>
            </th>
            <td data-name={say('stocks')} className="numeric">
              {number(phase.stocks, 0)}
            </td>
            <td data-name={say('interval')} className="numeric">
              {number(phase.intervalMinutes, 0)}
            </td>
            <td data-name={say('cost')} className="numeric">
              <span className="ltr">{money(phase.monthlyCost)}</span>
            </td>
            <td data-name={say('gateOf')}>
              <Gate phase={phase} />
            </td>
            <td className="action">
              {phase.number === data.current ? (
                <strong className="up">{say('runs')}</strong>
              ) : (
                changeable && (
                  <PhaseSwitch phase={phase} current={data.current} pending={change.isPending} act={change.mutate} />
                )
              )}
            </td>
          </tr>
        ))}
      </StaffTable>
      {changeable && data.chosen && (
        <p>
          <button
            type="button"
            className="button"
            disabled={change.isPending}
            onClick={() => change.mutate({ phase: null })}
          >
            {say('phaseByConfiguration')}
          </button>
        </p>
      )}
      {change.error && !(change.error instanceof ApiError && change.error.code === 'CONFLICT') && (
        <Refused error={change.error} />
      )}
      {change.error instanceof ApiError && change.error.code === 'CONFLICT' && (
        <p className="small down" role="alert">
          {say('gateNotReached')}
        </p>
      )}
    </section>
  );
}

function Gate({ phase: { gate, gateReached } }: { phase: Phase }) {
  if (!gate) return <span className="quiet">{say('noGate')}</span>;
  return (
    <span className={gateReached ? 'up' : undefined}>
      {say('gateNeeds', { payers: number(gate.payers, 0), rate: `${number(gate.winRate, 1)}%` })}{' '}
      {say(gateReached ? 'gateReached' : 'gateOpen')}
    </span>
  );
}

interface PhaseSwitchProps {
  readonly phase: Phase;
  readonly current: number;
  readonly pending: boolean;
  readonly act: (input: Switch) => void;
}

function PhaseSwitch({ phase, current, pending, act }: PhaseSwitchProps) {
  const forced = phase.number > current && !phase.gateReached;
  return (
    <AskedTwice
      text={say('switch')}
      confirm={say(forced ? 'switchForced' : 'switchSure')}
      about={`${say('phase')} ${phase.number}`}
      disabled={pending}
      act={() => act({ phase: phase.number, ...(forced && { force: true }) })}
    />
  );
}
