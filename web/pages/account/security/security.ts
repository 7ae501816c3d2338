import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../../../app/api.ts';

export interface SecurityState {
  readonly twoFactorEnabled: boolean;
  readonly recoveryCodesLeft: number;
  readonly sessionTimeoutMinutes: number | null;
  readonly keyRotationDays: number | null;
  readonly apiRateLimit: number;
  readonly events: readonly SecurityEvent[];
}

export interface SecurityEvent {
  readonly id: string;
  readonly type: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly createdAt: string;
}

export interface OpenSession {
  readonly id: string;
  readonly current: boolean;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly lastUsedAt: string | null;
}

export function useSecurity(userId: string) {
  return useQuery({
    queryKey: ['security', userId],
    queryFn: async ({ signal }) => (await get<SecurityState>('user/security', signal)).data,
  });
}

export function useSessions(userId: string) {
  return useQuery({
    queryKey: ['security', userId, 'sessions'],
    queryFn: async ({ signal }) => (await get<OpenSession[]>('user/security/sessions', signal)).data,
  });
}

/** Whatever it does, security and sessions are read anew afterwards. */
export function useChangeSecurity<Input, Answer>(userId: string, change: (input: Input) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ['security', userId] }),
  });
}

export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
  /** SVG. */
  readonly qrCode: string;
}

export const beginTwoFactor = () => send<Enrolment>('POST', 'user/security/2fa/enable');

interface Going {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
}

export const verifyTwoFactor = (code: string) =>
  send<Going & { readonly recoveryCodes: readonly string[] }>('POST', 'user/security/2fa/verify', { code });

export const endTwoFactor = (code: string) => send<Going>('POST', 'user/security/2fa/disable', { code });

export const endSession = (id: string) => send('DELETE', `user/security/sessions/${id}`);
export const endOtherSessions = () => send('DELETE', 'user/security/sessions');

export type Limits = Pick<SecurityState, 'sessionTimeoutMinutes' | 'keyRotationDays' | 'apiRateLimit'>;
export const changeLimits = (limits: Limits) => send('PUT', 'user/security', limits);
