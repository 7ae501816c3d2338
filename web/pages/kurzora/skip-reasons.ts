import { words } from '../../app/format.ts';
import { sayCode } from './texts.ts';

/** Why the scan gave a stock no signal; a reason this page does not know yet reads as its code. */
export function skipReason(code: string): string {
  return sayCode(code) ?? words(code);
}
