import type { AuthContext } from '../../context.ts';
import { AuthError } from '../../errors.ts';

/** Throws manual_linking_disabled (404) where the project has not switched it on. */
export function assertManualLinking(context: AuthContext): void {
  if (!context.settings.enableManualLinking)
    throw new AuthError(404, 'manual_linking_disabled', 'Manual linking is disabled');
}
