import type { Outcome } from '../../app/field.tsx';
import { refusalText } from './door/refusal.ts';

/** Does the work and says what became of it. */
export async function outcomeOf(work: Promise<unknown>, done: string): Promise<Outcome> {
  try {
    await work;
    return { kind: 'done', text: done };
  } catch (error) {
    return { kind: 'failed', text: refusalText(error) };
  }
}
