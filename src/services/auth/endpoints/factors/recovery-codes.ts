import { Type } from 'typebox';
import { AuthError } from '../../errors.ts';
import { type Endpoint, endpoint } from '../../http/endpoint.ts';

const refuse = async (): Promise<never> => {
  throw new AuthError(422, 'mfa_recovery_codes_enroll_not_enabled', 'MFA enroll is disabled for recovery codes');
};
const refuseVerification = async (): Promise<never> => {
  throw new AuthError(422, 'mfa_recovery_codes_verify_not_enabled', 'MFA verification is disabled for recovery codes');
};

/** Recovery codes are not there: their routes say so, as a project does that has them switched off. */
export const recoveryCodes: readonly Endpoint[] = [
  endpoint('GET', '/factors/recovery-codes', 'user', Type.Object({}), refuse),
  endpoint('POST', '/factors/recovery-codes', 'user', Type.Object({}), refuse),
  endpoint('POST', '/factors/recovery-codes/regenerate', 'user', Type.Object({}), refuse),
  endpoint('POST', '/factors/recovery-codes/verify', 'user', Type.Object({}), refuseVerification),
  endpoint('DELETE', '/factors/recovery-codes', 'user', Type.Object({}), refuse),
];
