import { localTime } from '../../../app/format.ts';
import { deviceName } from './device-name.ts';
import type { SecurityEvent } from './security.ts';
import { type SecurityText, say, TEXTS } from './texts.ts';

export function Events({ events }: { events: readonly SecurityEvent[] }) {
  if (events.length === 0) return <p className="quiet small">{say('noEvents')}</p>;
  return (
    <ul className="row-list">
      {events.slice(0, 10).map((event) => (
        <li key={event.id}>
          <span className="what">
            <span>{nameOf(event.type)}</span>
            <span className="quiet small">
              <bdi>{deviceName(event.userAgent)}</bdi>
              {event.ip && ` · ${say('from', { ip: event.ip })}`}
            </span>
          </span>
          <span className="quiet small">{localTime(event.createdAt)}</span>
        </li>
      ))}
    </ul>
  );
}

const nameOf = (type: string) => say(type in TEXTS.en ? (type as SecurityText) : 'other_event');
