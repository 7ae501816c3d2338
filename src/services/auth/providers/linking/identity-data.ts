import type { ProviderProfile } from '../provider.ts';
import { primaryEmail } from './decide-linking.ts';

/** What auth.identities keeps: the claims with the address and whether the provider verified it. */
export function identityData(profile: ProviderProfile): Readonly<Record<string, unknown>> {
  const email = primaryEmail(profile);
  return {
    ...profile.claims,
    ...(email && { email: email.email }),
    email_verified: email?.verified ?? false,
    phone_verified: false,
  };
}
