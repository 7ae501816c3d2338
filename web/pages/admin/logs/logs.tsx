import { type ReactNode, useState } from 'react';
import { localTime } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { FailureNotice, Notice, Skeleton } from '../../../app/notice.tsx';
import { ExportButton } from '../export-button.tsx';
import { useListAddress } from '../list-address.ts';
import { Choice, Pages, Search } from '../list-parts.tsx';
import { type Me, may } from '../staff.ts';
import { say as sayHere } from '../texts.ts';
import { LOG_LIMIT, type LoggedDeed, type LoggedError, useLog } from './logs.ts';
import { deedWord, say } from './texts.ts';

/** Both logs: what went wrong, and what staff did. Newest first. */
export function Logs({ me }: { me: Me }) {
  const { page, read, change } = useListAddress();
  const kind = read('log') === 'audit' ? 'audit' : 'errors';
  const turn = (next: number) => change({ page: next > 1 ? String(next) : '' });
  const search = read('search');
  return (
    <>
      <search className="admin-filters">
        <Choice
          label={say('log')}
          value={kind}
          options={[
            ['errors', say('errors')],
            ['audit', say('audit')],
          ]}
          onChange={(log) => change({ log: log === 'errors' ? '' : log, search: '' })}
        />
        <Search
          key={kind}
          label={say(kind === 'errors' ? 'searchErrors' : 'searchDeeds')}
          value={search}
          onChange={(text) => change({ search: text })}
        />
        {kind === 'audit' && <ExportButton what="audit" />}
      </search>
      {kind === 'errors' ? (
        <Errors page={page} search={search} turn={turn} />
      ) : (
        <Deeds page={page} search={search} turn={turn} usersLinked={may(me, 'user', 'read')} />
      )}
    </>
  );
}

interface LogProps {
  readonly page: number;
  readonly search: string;
  readonly turn: (page: number) => void;
}

function Errors({ page, search, turn }: LogProps) {
  const log = useLog<LoggedError>('errors', { search }, page);
  return (
    <Entries log={log} page={page} turn={turn} empty={say(search ? 'noneMatch' : 'noErrors')}>
      {(entry) => (
        <Entry
          key={entry.id}
          at={entry.created_at}
          title={<span className="ltr">{entry.message}</span>}
          aside={<span className="ltr">{[entry.method, entry.url].filter(Boolean).join(' ') || entry.type}</span>}
          facts={[
            [say('type'), entry.type],
            [say('request'), entry.request_id],
            [say('user'), entry.user_id],
            [say('address'), entry.ip_address],
            [say('client'), entry.user_agent],
          ]}
          text={entry.stack}
        />
      )}
    </Entries>
  );
}

function Deeds({ page, search, turn, usersLinked }: LogProps & { usersLinked: boolean }) {
  const log = useLog<LoggedDeed>('audit', { search }, page);
  return (
    <Entries log={log} page={page} turn={turn} empty={say(search ? 'noneMatch' : 'noDeeds')}>
      {(entry) => (
        <Entry
          key={entry.id}
          at={entry.created_at}
          title={deedWord(entry.action_type)}
          aside={<Target entry={entry} linked={usersLinked} />}
          facts={[
            [say('by'), entry.admin ?? entry.admin_user_id],
            [say('target'), [entry.target_type, entry.target_id].filter(Boolean).join(' ')],
            [say('address'), entry.ip_address],
            [say('client'), entry.user_agent],
          ]}
          text={Object.keys(entry.metadata).length > 0 ? JSON.stringify(entry.metadata, null, 2) : entry.description}
        />
      )}
    </Entries>
  );
}

function Target({ entry, linked }: { entry: LoggedDeed; linked: boolean }) {
  const id = entry.target_id;
  if (!id) return null;
  if (entry.target_type === 'user' && linked) return <Link to={`/admin/users/${id}`}>{sayHere('user')}</Link>;
  if (entry.target_type === 'signal') return <Link to={`/signals/${id}`}>{say('signal')}</Link>;
  return <code className="ltr">{id}</code>;
}

interface EntriesProps<E> extends Pick<LogProps, 'page' | 'turn'> {
  readonly log: ReturnType<typeof useLog<E>>;
  readonly empty: string;
  readonly children: (entry: E) => ReactNode;
}

function Entries<E>({ log, page, turn, empty, children }: EntriesProps<E>) {
  if (log.error) return <FailureNotice what={t('notLoaded')} error={log.error} retry={() => void log.refetch()} />;
  if (!log.data) return <Skeleton rows={10} label={t('loading')} />;
  const { data, meta } = log.data;
  return (
    <>
      {data.length === 0 ? <Notice title={empty} /> : <ol className="log">{data.map(children)}</ol>}
      <Pages page={page} shown={data.length} limit={LOG_LIMIT} meta={meta} turn={turn} />
    </>
  );
}

interface EntryProps {
  readonly at: string;
  readonly title: ReactNode;
  readonly aside: ReactNode;
  readonly facts: readonly (readonly [name: string, value: string | null])[];
  readonly text: string | null;
}

/** One line; what else is known opens under it. */
function Entry({ at, title, aside, facts, text }: EntryProps) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <button type="button" className="log-line" aria-expanded={open} onClick={() => setOpen(!open)}>
        <time className="quiet small" dateTime={at}>
          {localTime(at)}
        </time>
        <span className="log-title">{title}</span>
      </button>
      <span className="log-aside small">{aside}</span>
      {open && (
        <div className="log-detail small">
          <dl className="facts">
            {facts.map(([name, value]) =>
              value ? (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="ltr">{value}</dd>
                </div>
              ) : null,
            )}
          </dl>
          {text && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
            <pre className="ltr" tabIndex={0}>
              {text}
            </pre>
          )}
        </div>
      )}
    </li>
  );
}
