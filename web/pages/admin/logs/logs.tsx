import './logs.css';
import { t } from '../../../app/language.ts';
import { FailureNotice, Notice, Skeleton } from '../../../app/notice.tsx';
import { ExportButton } from '../export-button.tsx';
import { useListAddress } from '../list-address.ts';
import { Choice, DayField, Pages, Search } from '../list-parts.tsx';
import { type Me, may } from '../staff.ts';
import { DeedEntry, ErrorEntry, SecurityEntry } from './entries.tsx';
import {
  LOG_LIMIT,
  LOGS,
  type LogFilter,
  type LoggedDeed,
  type LoggedError,
  type LogName,
  type SecurityEvent,
  useLog,
} from './logs.ts';
import { say } from './texts.ts';

/** What went wrong, what staff did, what happened to accounts. Newest first. */
export function Logs({ me }: { me: Me }) {
  const { page, read, change } = useListAddress();
  const name = LOGS.find((each) => each === read('log')) ?? 'errors';
  const filter = { search: read('search'), from: read('from'), to: read('to') };
  return (
    <>
      <search className="admin-filters">
        <Choice
          label={say('log')}
          value={name}
          options={LOGS.map((each) => [each, say(each)])}
          onChange={(log) => change({ log: log === 'errors' ? '' : log, search: '' })}
        />
        <Search
          key={name}
          label={say(`search_${name}`)}
          value={filter.search}
          onChange={(search) => change({ search })}
        />
        <DayField label={say('from')} value={filter.from} onChange={(from) => change({ from })} />
        <DayField label={say('to')} value={filter.to} onChange={(to) => change({ to })} />
        {name === 'audit' && <ExportButton what="audit" />}
      </search>
      <Entries
        key={name}
        name={name}
        filter={filter}
        page={page}
        usersLinked={may(me, 'user', 'read')}
        turn={(next) => change({ page: next > 1 ? String(next) : '' })}
      />
    </>
  );
}

interface EntriesProps {
  readonly name: LogName;
  readonly filter: LogFilter;
  readonly page: number;
  readonly usersLinked: boolean;
  readonly turn: (page: number) => void;
}

function Entries({ name, filter, page, usersLinked, turn }: EntriesProps) {
  const log = useLog<LoggedError | LoggedDeed | SecurityEvent>(name, filter, page);
  if (log.error) return <FailureNotice what={t('notLoaded')} error={log.error} retry={() => void log.refetch()} />;
  if (!log.data) return <Skeleton rows={10} label={t('loading')} />;
  const { data, meta } = log.data;
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      {data.length === 0 ? (
        <Notice title={say(filtered ? 'noneMatch' : `none_${name}`)} />
      ) : (
        <ol className="log">
          {data.map((entry) => {
            if ('message' in entry) return <ErrorEntry key={entry.id} entry={entry} />;
            if ('action_type' in entry) return <DeedEntry key={entry.id} entry={entry} usersLinked={usersLinked} />;
            return <SecurityEntry key={entry.id} entry={entry} usersLinked={usersLinked} />;
          })}
        </ol>
      )}
      <Pages page={page} shown={data.length} limit={LOG_LIMIT} meta={meta} turn={turn} />
    </>
  );
}
