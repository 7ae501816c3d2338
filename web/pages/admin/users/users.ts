import type { ManagedUser } from '#products/kurzora/contract.ts';
import { send } from '../../../app/api.ts';
import { useAdmin, useDeed } from '../staff.ts';

export interface UsersMeta {
  readonly total: number;
  readonly hasMore: boolean;
  /** How all that match spread. */
  readonly aggregations?: {
    readonly byRole: Readonly<Record<string, number>>;
    readonly byStatus: Readonly<Record<string, number>>;
    readonly byPlan: Readonly<Record<string, number>>;
  };
}

export const ROLES = ['user', 'premium', 'admin', 'super_admin'] as const;
/** Roles that only those who manage staff may give. */
export const STAFF_ROLES: readonly string[] = ['admin', 'super_admin'];
export const STAFF = ['super_admin', 'admin', 'analyst', 'support'] as const;
export const PLANS = ['starter', 'professional', 'elite'] as const;
export const STATUSES = ['trial', 'active', 'cancelled', 'expired', 'inactive'] as const;
export const ORDERS = ['joinDate', 'lastActive', 'name', 'email'] as const;

export const useUser = (id: string) => useAdmin<ManagedUser>(`users/${id}`);

export interface UserChange {
  readonly name?: string;
  readonly role?: string;
  readonly subscription?: string;
  readonly reason?: string;
}

export const useChangeUser = (id: string) =>
  useDeed((change: UserChange) => send<ManagedUser>('PUT', `admin/users/${id}`, change));

/** `role` null: no longer staff. */
export const useAppoint = (id: string) =>
  useDeed((input: { role: string | null; reason?: string }) => send('PUT', `admin/users/${id}/staff`, input));

export const useSwitchUser = (id: string) =>
  useDeed(({ action, reason }: { action: 'suspend' | 'activate'; reason: string }) =>
    send<ManagedUser>('POST', `admin/users/${id}/${action}`, reason ? { reason } : {}),
  );

/** `confirm`: the user's address, typed. */
export const useDeleteUser = (id: string) =>
  useDeed((input: { confirm: string; reason?: string }) => send('DELETE', `admin/users/${id}`, input), `users/${id}`);

export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly subscription: string;
  readonly sendWelcomeEmail: boolean;
}

/** The password is in the answer once and nowhere else. */
export const useCreateUser = () =>
  useDeed((user: NewUser) => send<{ user: ManagedUser; tempPassword?: string }>('POST', 'admin/users', user));
