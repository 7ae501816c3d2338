import { localTime, number, span } from '../../../app/format.ts';
import { t } from '../../../app/language.ts';
import { Link } from '../../../app/link.tsx';
import { FailureNotice, Skeleton } from '../../../app/notice.tsx';
import { type HealthState, type SystemHealth, useHealth } from './overview.ts';
import { say } from './texts.ts';

const PARTS = ['database', 'jobs', 'realtime', 'provider', 'disk'] as const;
type Part = (typeof PARTS)[number];

/** Database, jobs, realtime, market data and disk: how each is, in its figures. */
export function Health() {
  const health = useHealth();
  return (
    <section className="part" aria-labelledby="health">
      <h2 id="health">
        {say('health')} {health.data && <State state={health.data.data.status} />}
      </h2>
      {health.error && <FailureNotice what={t('notLoaded')} error={health.error} retry={() => void health.refetch()} />}
      {!health.error && !health.data && <Skeleton rows={5} label={t('loading')} />}
      {health.data && <Parts health={health.data.data} />}
    </section>
  );
}

function Parts({ health }: { health: SystemHealth }) {
  return (
    <>
      <dl className="checks">
        {PARTS.map((part) => (
          <div key={part}>
            <dt>
              {say(part)} <State state={health.checks[part].status} />
            </dt>
            <dd className="quiet small">{inWords(part, health)}</dd>
          </div>
        ))}
      </dl>
      <p className="small">
        <Link to="/admin/logs">{say('errorsLastHour', { n: number(health.errorsLastHour, 0) })}</Link>{' '}
        <span className="quiet">
          · {say('openAlerts', { n: number(health.openAlerts, 0) })} ·{' '}
          {say('uptime', { span: span(health.uptime * 1000) })} · {say('memory', { size: bytes(health.memoryBytes) })} ·{' '}
          <span className="ltr">{health.version}</span>
        </span>
      </p>
    </>
  );
}

const MARKS = { healthy: '●', degraded: '▲', unhealthy: '✕' } as const;
const TONES = { healthy: 'up', degraded: 'warned', unhealthy: 'down' } as const;

/** Shape, word and colour: none of them alone carries the meaning. */
function State({ state }: { state: HealthState }) {
  return (
    <span className={`small ${TONES[state]}`}>
      <span aria-hidden="true">{MARKS[state]}</span> {say(state)}
    </span>
  );
}

/** The figures of a part; the server's own sentence is English, so it is said here. */
function inWords(part: Part, { checks }: SystemHealth): string {
  const n = (value: number | undefined) => number(value ?? 0, 0);
  switch (part) {
    case 'database': {
      const { responseTimeMs, databaseBytes, connections } = checks.database.details;
      return say('databaseFigures', { ms: n(responseTimeMs), size: bytes(databaseBytes), n: n(connections) });
    }
    case 'jobs': {
      const { waiting, overdue, failed } = checks.jobs.details;
      return waiting === undefined
        ? say('notThere')
        : say('jobFigures', { waiting: n(waiting), overdue: n(overdue), failed: n(failed) });
    }
    case 'realtime': {
      const { sockets, channels } = checks.realtime.details;
      return sockets === undefined
        ? say('notThere')
        : say('realtimeFigures', { sockets: n(sockets), channels: n(channels) });
    }
    case 'provider': {
      const { source, lastScan } = checks.provider.details;
      return say('providerFigures', { source: sourceWord(source), at: localTime(lastScan) });
    }
    case 'disk': {
      const { freeBytes, totalBytes } = checks.disk.details;
      return say('diskFigures', { free: bytes(freeBytes), total: bytes(totalBytes) });
    }
  }
}

const sourceWord = (source: string) =>
  source === 'simulated' || source === 'files' ? say(source) : source === 'polygon' ? 'Polygon' : source;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 1,536,000 -> `1.5 MB`, isolated so that it stays together in a line that runs from right to left. */
function bytes(value: number): string {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `\u2066${number(value / 1000 ** power, power > 0 ? 1 : 0)} ${UNITS[power]}\u2069`;
}
