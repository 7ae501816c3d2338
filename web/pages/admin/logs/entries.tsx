import { type ReactNode, useState } from 'react';
import { localTime } from '../../../app/format.ts';
import { Link } from '../../../app/link.tsx';
import { say as sayHere } from '../texts.ts';
import type { LoggedDeed, LoggedError, SecurityEvent } from './logs.ts';
import { eventWord, say } from './texts.ts';

const asText = (metadata: Readonly<Record<string, unknown>>) =>
  Object.keys(metadata).length > 0 ? JSON.stringify(metadata, null, 2) : null;

export function ErrorEntry({ entry }: { entry: LoggedError }) {
  return (
    <Entry
      at={entry.created_at}
      title={<span className="ltr">{entry.message}</span>}
      aside={<span className="ltr">{[entry.method, entry.url].filter(Boolean).join(' ') || entry.type}</span>}
      facts={[
        [say('type'), entry.type],
        [say('request'), entry.request_id],
        [say('user'), entry.person?.email ?? null],
        [say('address'), entry.ip_address],
        [say('client'), entry.user_agent],
      ]}
      text={entry.stack}
    />
  );
}

interface LinkedProps<E> {
  readonly entry: E;
  /** Whether the reader may open the pages of users. */
  readonly usersLinked: boolean;
}

export function DeedEntry({ entry, usersLinked }: LinkedProps<LoggedDeed>) {
  return (
    <Entry
      at={entry.created_at}
      title={
        <>
          {eventWord(entry.action_type)} <bdi className="quiet">{entry.person?.name}</bdi>
        </>
      }
      aside={<Target entry={entry} usersLinked={usersLinked} />}
      facts={[
        [say('by'), entry.person?.email ?? null],
        [say('target'), [entry.target_type, entry.target_id].filter(Boolean).join(' ')],
        [say('address'), entry.ip_address],
        [say('client'), entry.user_agent],
        [say('description'), entry.description],
      ]}
      text={asText(entry.metadata)}
    />
  );
}

function Target({ entry, usersLinked }: LinkedProps<LoggedDeed>) {
  const id = entry.target_id;
  if (!id) return null;
  if (entry.target_type === 'signal') return <Link to={`/signals/${id}`}>{say('signal')}</Link>;
  const isUser = entry.target_type === 'user' || entry.target_type === 'admin';
  if (isUser && usersLinked) return <Link to={`/admin/users/${id}`}>{sayHere('user')}</Link>;
  return <code className="ltr">{id}</code>;
}

export function SecurityEntry({ entry, usersLinked }: LinkedProps<SecurityEvent>) {
  const grave = entry.severity === 'high' || entry.severity === 'critical';
  return (
    <Entry
      at={entry.created_at}
      title={
        <>
          {eventWord(entry.event_type)}{' '}
          <span className={grave ? 'small down' : 'small quiet'}>{say(entry.severity)}</span>
        </>
      }
      aside={
        entry.person && usersLinked ? (
          <Link to={`/admin/users/${entry.person.id}`}>
            <bdi>{entry.person.name}</bdi>
          </Link>
        ) : (
          <bdi>{entry.person?.name}</bdi>
        )
      }
      facts={[
        [say('user'), entry.person?.email ?? null],
        [say('address'), entry.ip_address],
        [say('client'), entry.user_agent],
        [say('description'), entry.event_description],
      ]}
      text={asText(entry.metadata)}
    />
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
