import Type from 'typebox';
import { defineJob } from '#kernel/product.ts';
import { sendAlerts } from '../alerts/send-alerts.ts';
import type { KurzoraServices } from '../services.ts';

const payload = Type.Object({});
const MINUTE = 60_000;

/** Enqueued when a scan has committed; by the minute it also finds what was deferred, what is tried again and what a crash left. */
export const sendAlertsJob = defineJob<KurzoraServices, typeof payload>({
  name: 'kurzora:send-alerts',
  payload,
  schedule: () => ({
    description: 'every minute',
    next: (after) => (Math.floor(after / MINUTE) + 1) * MINUTE,
  }),
  async run(_payload, { project, services, log, signal }) {
    const counts = await sendAlerts(project, services, { signal });
    if (counts.checked + counts.sent + counts.failed > 0) log.info(counts, 'alerts');
    if (counts.doubts > 0)
      log.warn({ doubts: counts.doubts }, 'messages go out again that may have arrived: a process ended while sending');
  },
});
