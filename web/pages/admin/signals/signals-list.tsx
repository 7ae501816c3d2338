import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../../app/notice.tsx';
import { Disclosure } from '../deed-parts.tsx';
import { ExportButton } from '../export-button.tsx';
import { useListAddress, withQuery } from '../list-address.ts';
import { Choice, Pages, Search, StaffTable } from '../list-parts.tsx';
import { type Me, may, useAdmin } from '../staff.ts';
import { say as sayHere } from '../texts.ts';
import { CreateSignal } from './create-signal.tsx';
import { SignalRow } from './signal-row.tsx';
import { type AdminSignal, APPROVALS, STATUSES } from './signals.ts';
import { say, word } from './texts.ts';

const LIMIT = 25;
const REFRESH_MS = 30_000;

export function SignalsList({ me }: { me: Me }) {
  const { page, read, change } = useListAddress();
  const filters = { status: read('status'), approval: read('approval'), ticker: read('ticker') };
  const signals = useAdmin<AdminSignal[]>(withQuery('signals', { ...filters, page, limit: LIMIT }), {
    every: REFRESH_MS,
  });
  const named = (codes: readonly string[]) => codes.map((code) => [code, word(code)] as const);
  return (
    <>
      {may(me, 'signal', 'create') && (
        <Disclosure summary={say('create')}>
          <CreateSignal me={me} />
        </Disclosure>
      )}
      <search className="admin-filters">
        <Search label={t('ticker')} value={filters.ticker} onChange={(ticker) => change({ ticker })} longest={10} />
        <Choice
          label={sayHere('status')}
          value={filters.status}
          options={named(STATUSES)}
          any
          onChange={(status) => change({ status })}
        />
        <Choice
          label={say('approval')}
          value={filters.approval}
          options={named(APPROVALS)}
          any
          onChange={(approval) => change({ approval })}
        />
        <ExportButton what="signals" />
      </search>
      {signals.error && (
        <FailureNotice what={t('notLoaded')} error={signals.error} retry={() => void signals.refetch()} />
      )}
      {!signals.error && !signals.data && <Skeleton rows={10} label={t('loading')} />}
      {signals.data && (
        <>
          {signals.data.data.length === 0 ? (
            <Notice title={say('noneMatch')} action={<Link to="/admin/signals">{say('all')}</Link>} />
          ) : (
            <SignalTable signals={signals.data.data} me={me} />
          )}
          <Pages
            page={page}
            shown={signals.data.data.length}
            limit={LIMIT}
            meta={signals.data.meta}
            turn={(next) => change({ page: next > 1 ? String(next) : '' })}
          />
        </>
      )}
    </>
  );
}

function SignalTable({ signals, me }: { signals: readonly AdminSignal[]; me: Me }) {
  const numeric = ['score', 'entry', 'stop', 'target'] as const;
  const columns = [
    { name: t('stock') },
    { name: t('type') },
    ...numeric.map((key) => ({ name: t(key), numeric: true })),
    { name: t('rewardToRisk'), numeric: true },
    { name: sayHere('status') },
    { name: say('origin') },
    { name: say('made') },
    { name: say('deeds'), hidden: true },
  ];
  return (
    <StaffTable caption={sayHere('signals')} columns={columns}>
      {signals.map((signal) => (
        <SignalRow key={signal.id} signal={signal} me={me} columns={columns.length} />
      ))}
    </StaffTable>
  );
}
