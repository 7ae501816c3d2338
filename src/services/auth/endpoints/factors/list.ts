import type { Endpoint } from '../../http/endpoint.ts';
import { challengeFactor } from './challenge-factor.ts';
import { deleteFactor } from './delete-factor.ts';
import { enrolFactor } from './enrol-factor.ts';
import { recoveryCodes } from './recovery-codes.ts';
import { verifyFactor } from './verify-factor.ts';

/** Second factors: TOTP, phone, WebAuthn. Fixed paths stand before those with an id. */
export const factorsEndpoints: readonly Endpoint[] = [
  ...recoveryCodes,
  enrolFactor,
  challengeFactor,
  verifyFactor,
  deleteFactor,
];
