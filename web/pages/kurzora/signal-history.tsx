import { useNow } from '../../app/clock.ts';
import { marketTime, price, words } from '../../app/format.ts';
import { explain } from '../../app/notice.tsx';
import { useSignalHistory } from './queries.ts';

export function SignalHistory({ id }: { id: string }) {
  const history = useSignalHistory(id);
  const now = useNow();
  if (history.error && !history.data) return <p className="small stale">{explain(history.error)}</p>;
  if (!history.data) return <p className="small quiet">Loading…</p>;
  if (history.data.length === 0) return <p className="small quiet">Nothing has happened to this signal yet.</p>;
  return (
    <ol className="history small">
      {history.data.map((entry) => (
        <li key={`${entry.createdAt} ${entry.action}`}>
          <time className="quiet" dateTime={entry.createdAt}>
            {marketTime(entry.createdAt, now)}
          </time>
          <span>
            {words(entry.action)}
            {entry.price !== null && (
              <>
                {' at '}
                <span className="ltr">{price(entry.price)}</span>
              </>
            )}
            {entry.notes && <bdi className="quiet">: {entry.notes}</bdi>}
          </span>
        </li>
      ))}
    </ol>
  );
}
