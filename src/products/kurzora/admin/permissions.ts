import type { StaffRole } from '../staff-contract.ts';

export type Area = 'user' | 'signal' | 'system' | 'admin';
/** `approve`: lets out what staff made; the specification's matrix leaves it to those who hold every right over signals. */
export type Act = 'create' | 'read' | 'update' | 'delete' | 'approve' | 'maintenance';

const ALL: readonly Act[] = ['create', 'read', 'update', 'delete', 'approve', 'maintenance'];

/** Spec section 12, whole. */
export const PERMISSIONS: Readonly<Record<StaffRole, Partial<Record<Area, readonly Act[]>>>> = {
  super_admin: { user: ALL, signal: ALL, system: ALL, admin: ALL },
  admin: {
    user: ['read', 'update'],
    signal: ['create', 'read', 'update', 'delete', 'approve'],
    system: ['read', 'update'],
  },
  analyst: { user: ['read'], signal: ['create', 'read', 'update'], system: ['read'] },
  support: { user: ['read', 'update'], signal: ['read'], system: ['read'] },
};

export function may(role: StaffRole, area: Area, act: Act): boolean {
  return PERMISSIONS[role][area]?.includes(act) ?? false;
}
