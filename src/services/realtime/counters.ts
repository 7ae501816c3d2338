/** What the service counts; one object, so that everybody counts into the same. */
export interface Counters {
  received: number;
  delivered: number;
  slowSockets: number;
  limited: number;
}

export function newCounters(): Counters {
  return { received: 0, delivered: 0, slowSockets: 0, limited: 0 };
}
