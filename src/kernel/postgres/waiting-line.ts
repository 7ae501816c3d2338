/** How far past the head a connection may look for a request of its own role, and how often the head bears it. */
const LOOKAHEAD = 16;
const PATIENCE = 16;

export interface Waiter<T> {
  readonly role: string;
  readonly deadline: number;
  passedOver: number;
  admit(member: T): void;
  refuse(error: Error): void;
}

/** Requests that wait for a connection: first come, first served, but for a short look ahead that keeps roles on their connections. */
export class WaitingLine<T> {
  readonly #waiters = new Set<Waiter<T>>();

  get length(): number {
    return this.#waiters.size;
  }

  get nextDeadline(): number | undefined {
    const [head] = this.#waiters;
    return head?.deadline;
  }

  join(waiter: Waiter<T>): void {
    this.#waiters.add(waiter);
  }

  leave(waiter: Waiter<T>): boolean {
    return this.#waiters.delete(waiter);
  }

  /** The next one for a connection that last served `role`. */
  next(role: string): Waiter<T> | undefined {
    const [head] = this.#waiters;
    if (!head) return undefined;
    const chosen = head.role === role || head.passedOver >= PATIENCE ? head : (this.#ahead(role) ?? head);
    if (chosen !== head) head.passedOver++;
    this.#waiters.delete(chosen);
    return chosen;
  }

  #ahead(role: string): Waiter<T> | undefined {
    let seen = 0;
    for (const waiter of this.#waiters) {
      if (waiter.role === role) return waiter;
      if (++seen >= LOOKAHEAD) return undefined;
    }
    return undefined;
  }

  /** Takes out those whose deadline has passed. */
  overdue(now: number): Waiter<T>[] {
    return this.#takeWhile((waiter) => waiter.deadline <= now);
  }

  everyone(): Waiter<T>[] {
    return this.#takeWhile(() => true);
  }

  #takeWhile(matches: (waiter: Waiter<T>) => boolean): Waiter<T>[] {
    const taken: Waiter<T>[] = [];
    for (const waiter of this.#waiters) {
      if (!matches(waiter)) break;
      taken.push(waiter);
      this.#waiters.delete(waiter);
    }
    return taken;
  }
}
