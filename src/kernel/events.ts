import { EventEmitter } from 'node:events';

/** What the kernel tells whoever wants to count or show it; listeners must not throw. */
export interface KernelEvents {
  /** A request was answered; `route` is the pattern, or `(none)`. */
  'http:answered': [{ method: string; route: string; status: number; seconds: number }];
  'job:succeeded': [{ job: string; seconds: number }];
  /** `final` when no attempt is left. */
  'job:failed': [{ job: string; seconds: number; final: boolean; error: unknown }];
}

export type Events = EventEmitter<KernelEvents>;

export function createEvents(): Events {
  return new EventEmitter<KernelEvents>();
}
