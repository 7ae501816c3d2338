import type { AdminSignal } from '#products/kurzora/admin/contract.ts';
import { send } from '../../../app/api.ts';
import { useDeed } from '../staff.ts';
import type { SignalType } from './signal-levels.ts';

export type { AdminSignal };

export const TYPES: readonly SignalType[] = ['bullish', 'neutral', 'bearish'];
export const STATUSES = [
  'pending',
  'rejected',
  'active',
  'triggered',
  'expired',
  'closed',
  'archived',
  'cancelled',
] as const;
/** `none`: signals of the engine. */
export const APPROVALS = ['pending', 'approved', 'rejected', 'none'] as const;

/** Still of use to customers: can be ended. */
export const runs = ({ status }: AdminSignal): boolean => status === 'active' || status === 'triggered';

export type Decision = 'approve' | 'reject' | 'expire' | 'cancel';

export const useDecide = (id: string) =>
  useDeed((decision: Decision) =>
    decision === 'cancel'
      ? send('DELETE', `admin/signals/${id}`)
      : send('POST', `admin/signals/${id}/${decision}`, decision === 'expire' ? undefined : {}),
  );

export interface NewSignal {
  readonly ticker: string;
  readonly signalType: SignalType;
  readonly finalScore: number;
  readonly entryPrice: number;
  readonly stopLoss: number;
  readonly takeProfit: number;
  readonly explanation?: string;
  readonly notes?: string;
  /** Waits for approval even where its maker may approve. */
  readonly draft: boolean;
}

export const useCreateSignal = () => useDeed((signal: NewSignal) => send<AdminSignal>('POST', 'admin/signals', signal));
