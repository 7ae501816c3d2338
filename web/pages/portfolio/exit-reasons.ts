import type { MessageKey } from '../../app/language.ts';

/** Why a trade ended, in words, by the reason the server names. */
export const EXIT_REASON_NAMES: Readonly<Record<string, MessageKey>> = {
  take_profit: 'reasonTarget',
  stop_loss: 'reasonStop',
  manual: 'reasonManual',
  signal_invalidated: 'reasonInvalidated',
  expired: 'reasonExpired',
  reset: 'reasonReset',
};
