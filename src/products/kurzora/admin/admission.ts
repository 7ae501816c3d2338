import { Refusal } from '#kernel/errors.ts';
import type { Arrival, Project } from '#kernel/product.ts';
import { staffStanding } from '../queries/staff.ts';
import type { KurzoraServices } from '../services.ts';

/** What goes on in maintenance: probes, the way in for staff, and what others send once only. */
const ALWAYS_OPEN: ReadonlySet<string> = new Set([
  ...['health', 'status', 'version'].map((name) => `/api/v1/public/${name}`),
  ...['login', 'refresh', 'logout', 'session'].map((name) => `/api/v1/auth/${name}`),
  ...['stripe', 'alerts', 'telegram'].map((name) => `/api/v1/webhooks/${name}`),
]);
/** What a limited platform does without: new executions. */
const EXECUTING: ReadonlySet<string> = new Set(['/api/v1/signals/:id/execute', '/api/v1/portfolio/paper-trade']);
const RETRY_SECONDS = 60;

/** 503 UNAVAILABLE while the platform is not operational, for everybody but staff and the service; the database refuses writes by itself. */
export async function admit(
  { method, url, identity }: Arrival,
  project: Project,
  { settings }: KurzoraServices,
): Promise<void> {
  if (!settings) return;
  const { status, message } = settings.current();
  if (status === 'operational' || ALWAYS_OPEN.has(url)) return;
  if (status === 'limited' && !(method === 'POST' && EXECUTING.has(url))) return;
  if (identity.role === 'service_role') return;
  const { sub } = identity.claims;
  if (identity.role === 'authenticated' && typeof sub === 'string') {
    const { role } = await project.database.asService((session) => staffStanding(session, sub), { readOnly: true });
    if (role) return;
  }
  throw new Refusal(
    'UNAVAILABLE',
    message || (status === 'limited' ? 'No new trades at the moment' : 'In maintenance'),
    {
      details: { platformStatus: status },
      retryAfter: RETRY_SECONDS,
    },
  );
}
