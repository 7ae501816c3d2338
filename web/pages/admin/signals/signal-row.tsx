import { useState } from 'react';
import { localTime, number, price } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { TypeLabel } from '../../kurzora/signal-labels.tsx';
import { AskedTwice, Refused } from '../deed-parts.tsx';
import { type Me, may } from '../staff.ts';
import { say as sayHere } from '../texts.ts';
import { type AdminSignal, runs, useDecide } from './signals.ts';
import { say, word } from './texts.ts';

export function SignalRow({ signal, me, columns }: { signal: AdminSignal; me: Me; columns: number }) {
  const [open, setOpen] = useState(false);
  const figure = (name: string, value: string) => (
    <td data-name={name} className="numeric">
      <span className="ltr">{value}</span>
    </td>
  );
  const born = signal.approval === null || signal.approval === 'approved';
  return (
    <>
      <tr>
        <th scope="row">
          {born ? <Link to={`/signals/${signal.id}`}>{signal.ticker}</Link> : signal.ticker}
          {signal.companyName && (
            <span className="quiet small company">
              <bdi>{signal.companyName}</bdi>
            </span>
          )}
        </th>
        <td data-name={t('type')}>
          <TypeLabel type={signal.signalType} />
        </td>
        {figure(t('score'), number(signal.finalScore, 0))}
        {figure(t('entry'), price(signal.entryPrice))}
        {figure(t('stop'), price(signal.stopLoss))}
        {figure(t('target'), price(signal.takeProfit))}
        {figure(t('rewardToRisk'), number(signal.riskRewardRatio, 2, 2))}
        <td data-name={sayHere('status')}>
          <span className={`state ${signal.status}`}>{word(signal.status)}</span>
        </td>
        <td data-name={say('origin')}>
          {word(signal.origin)}
          {signal.createdBy && <bdi className="quiet small company">{signal.createdBy.name}</bdi>}
        </td>
        <td data-name={say('made')}>{localTime(signal.createdAt)}</td>
        <td className="action">
          <Deeds signal={signal} me={me} />
          {signal.origin === 'manual' && (
            <button
              type="button"
              className="button plain"
              aria-expanded={open}
              aria-label={`${say('trail')}: ${signal.ticker}`}
              onClick={() => setOpen(!open)}
            >
              {say('trail')}
            </button>
          )}
        </td>
      </tr>
      {open && (
        <tr className="beneath">
          <td colSpan={columns}>
            <Trail signal={signal} />
          </td>
        </tr>
      )}
    </>
  );
}

/** What may be done to it, by this person, in this state. */
function Deeds({ signal, me }: { signal: AdminSignal; me: Me }) {
  const decide = useDecide(signal.id);
  const buttons = [
    ...(signal.approval === 'pending' && may(me, 'signal', 'approve') ? (['approve', 'reject'] as const) : []),
    ...(runs(signal) && may(me, 'signal', 'update') ? (['expire'] as const) : []),
    ...(runs(signal) && may(me, 'signal', 'delete') ? (['cancel'] as const) : []),
  ];
  return (
    <>
      {buttons.map((kind) => (
        <AskedTwice
          key={kind}
          text={say(kind)}
          confirm={say(`${kind}Sure`)}
          about={signal.ticker}
          disabled={decide.isPending}
          act={() => decide.mutate(kind)}
        />
      ))}
      <Refused error={decide.error} />
    </>
  );
}

/** Who did what to it, oldest first. */
function Trail({ signal }: { signal: AdminSignal }) {
  const people = [signal.createdBy, signal.approvedBy].filter((person) => person !== null);
  const nameOf = (id: string) => people.find((person) => person.id === id)?.name ?? id;
  return (
    <div className="part small">
      {signal.explanation && <p dir="auto">{signal.explanation}</p>}
      {signal.notes && (
        <p className="quiet" dir="auto">
          {say('notes')}: {signal.notes}
        </p>
      )}
      <ol className="trail">
        {signal.auditTrail.map((entry) => (
          <li key={`${entry.at} ${entry.action}`}>
            <time dateTime={entry.at} className="quiet">
              {localTime(entry.at)}
            </time>{' '}
            {word(`did_${entry.action}`)} · <bdi>{nameOf(entry.by)}</bdi>
            {entry.note && <q dir="auto">{entry.note}</q>}
          </li>
        ))}
      </ol>
    </div>
  );
}
