import { setTimeout as pause } from 'node:timers/promises';

/** Longer than a bcrypt of cost 10 and everything around it take. */
const STEP_MS = 150;

/**
 * Answers only at full steps of time, whatever the work comes to: how long it took does not tell whether an account was there. The
 * waiting holds neither a connection nor a thread.
 */
export async function inEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    await untilStep(began);
  }
}

/** The same for refusals only: what succeeds says so at once. */
export async function refusedInEvenTime<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    return await work();
  } catch (error) {
    await untilStep(began);
    throw error;
  }
}

function untilStep(began: number): Promise<void> {
  const taken = performance.now() - began;
  return pause(Math.ceil(taken / STEP_MS) * STEP_MS - taken);
}
