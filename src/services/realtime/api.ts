/** Realtime: broadcast, presence and database changes over WebSockets, as Supabase's clients speak it. */
import type { RealtimeMetrics } from './contract.ts';

export { type TokenKeys, TokenRefusal, tokenVerifier } from './auth/verify-token.ts';
export { DEFAULT_CONFIG, type RealtimeConfig } from './config.ts';
export type { Claims, Realtime, RealtimeMetrics, RealtimeOptions, VerifyToken } from './contract.ts';
export { openRealtime } from './open.ts';

declare module '#kernel/product.ts' {
  interface Platform {
    readonly realtime: () => RealtimeMetrics;
  }
}
