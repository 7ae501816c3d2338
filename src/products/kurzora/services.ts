import type { Accounts } from '#services/auth/api.ts';
import type { MarketData } from '#services/market-data/api.ts';
import type { Payments } from '#services/payments/api.ts';
import type { RealtimeMetrics } from '#services/realtime/api.ts';
import type { Files } from '#services/storage/api.ts';
import type { ErrorLog } from './admin/error-log.ts';
import type { LiveSettings } from './admin/live-settings.ts';
import type { UsageLog } from './admin/usage-log.ts';
import type { AlertChannels } from './alerts/channels.ts';
import type { PhaseNumber } from './rules/phases.ts';

/** What Kurzora's routes, jobs and commands find open. */
export interface KurzoraServices {
  readonly marketData: MarketData;
  readonly payments: Payments;
  /** The account service; absent in single commands. */
  accounts?: Accounts | undefined;
  /** For the account service's own admin endpoints. */
  adminToken?: string | undefined;
  /** What realtime counts; absent in single commands. */
  realtime?: (() => RealtimeMetrics) | undefined;
  /** Where pictures are kept; absent in single commands. */
  files?: Files | undefined;
  /** Ways out for alerts. */
  readonly alerts: AlertChannels;
  /** What every request goes by; absent where single routes are tried out. */
  readonly settings?: LiveSettings;
  readonly errorLog?: ErrorLog;
  readonly usageLog?: UsageLog;
  /** Read from the settings at the start and before every scan: the next scan's time follows it. */
  phase: PhaseNumber;
}
