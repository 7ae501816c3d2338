import { useNow } from '../../../app/clock.ts';
import { marketTime, price, words } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { explain } from '../../../app/notice.tsx';
import { useSignalHistory } from '../queries.ts';
import { historyNote } from './history-note.ts';
import { say } from './texts.ts';

const ACTIONS = {
  generated: 'generated',
  triggered: 'triggeredAction',
  stop_loss_hit: 'stop_loss_hit',
  take_profit_hit: 'take_profit_hit',
  expired: 'expired',
  manual_close: 'manual_close',
  updated: 'updated',
  archived: 'archived',
  cancelled: 'cancelled',
} as const;

function actionName(action: string): string {
  return Object.hasOwn(ACTIONS, action) ? say(ACTIONS[action as keyof typeof ACTIONS]) : words(action);
}

export function SignalHistory({ id }: { id: string }) {
  const history = useSignalHistory(id);
  const now = useNow();
  if (history.error && !history.data) return <p className="small stale">{explain(history.error)}</p>;
  if (!history.data) return <p className="small quiet">{t('loading')}</p>;
  if (history.data.length === 0) return <p className="small quiet">{say('nothingYet')}</p>;
  return (
    <ol className="history small">
      {history.data
        .map((entry) => ({ ...entry, note: entry.notes && historyNote(entry.notes) }))
        .map(({ action, price: at, note, createdAt }) => (
          <li key={`${createdAt} ${action}`}>
            <time className="quiet" dateTime={createdAt}>
              {marketTime(createdAt, now)}
            </time>
            <span>
              {at === null ? actionName(action) : say('happened', { action: actionName(action), price: price(at) })}
              {note && <bdi className="quiet">: {note}</bdi>}
            </span>
          </li>
        ))}
    </ol>
  );
}
