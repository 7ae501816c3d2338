import { EventEmitter } from 'node:events';

/** Who asked, as far as it is known. */
export interface Caller {
  readonly userId: string | null;
  readonly ip: string;
  readonly userAgent: string;
}

/** What the kernel tells whoever wants to count or show it; listeners must not throw. */
export interface KernelEvents {
  /** A request was answered; `route` is the pattern, or `(none)`. */
  'http:answered': [{ method: string; route: string; status: number; seconds: number; caller: Caller }];
  /** An answer of 500 or more; `error` is absent where a service answered by itself. `path` has no query. */
  'http:failed': [{ method: string; path: string; status: number; requestId: string; error?: unknown; caller: Caller }];
  'job:succeeded': [{ job: string; seconds: number }];
  /** `final` when no attempt is left. */
  'job:failed': [{ job: string; seconds: number; final: boolean; error: unknown }];
}

export type Events = EventEmitter<KernelEvents>;

export function createEvents(): Events {
  return new EventEmitter<KernelEvents>();
}
