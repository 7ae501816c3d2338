/** What staff see of each other and of users, as it crosses Kurzora's wire; the web imports these types. */
export type StaffRole = 'super_admin' | 'admin' | 'analyst' | 'support';

/** A user as staff see him. Times ISO 8601. */
export interface ManagedUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly subscriptionTier: string;
  readonly subscriptionStatus: string;
  readonly subscriptionEndsAt: string | null;
  readonly isActive: boolean;
  readonly emailVerified: boolean;
  readonly createdAt: string;
  readonly lastLoginAt: string | null;
  readonly trades: number;
  /** Null for everybody who is not staff. */
  readonly staffRole: StaffRole | null;
}
