import type { PageMeta } from '../../app/api.ts';
import { number } from '../../app/format.ts';
import { say } from './texts.ts';

/** Leafs through a list, newest first; nothing where all of it is shown. */
export function Pages({ meta: { page, limit, total }, go }: { meta: PageMeta; go: (page: number) => void }) {
  if (total <= limit && page === 1) return null;
  const from = Math.min(total, (page - 1) * limit + 1);
  const to = Math.min(total, page * limit);
  return (
    <div className="tools pages">
      <button type="button" className="button" disabled={page <= 1} onClick={() => go(page - 1)}>
        {say('newer')}
      </button>
      <span className="small quiet" role="status">
        {say('pageOf', { from: number(from, 0), to: number(to, 0), total: number(total, 0) })}
      </span>
      <button type="button" className="button" disabled={to >= total} onClick={() => go(page + 1)}>
        {say('older')}
      </button>
    </div>
  );
}
