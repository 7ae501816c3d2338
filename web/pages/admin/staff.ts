import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, get, type PageMeta } from '../../app/api.ts';

export type StaffRole = 'super_admin' | 'admin' | 'analyst' | 'support';
export type Area = 'user' | 'signal' | 'system' | 'admin';
export type Act = 'create' | 'read' | 'update' | 'delete' | 'approve' | 'maintenance';

/** `GET admin/me`: who asks, as the table of the staff says. */
export interface Me {
  readonly role: StaffRole;
  readonly permissions: Partial<Record<Area, readonly Act[]>>;
}

/** What is shown follows this; what is done is the server's decision all the same. */
export const may = (me: Me, area: Area, act: Act): boolean => me.permissions[area]?.includes(act) ?? false;

export function useMe() {
  return useQuery({
    queryKey: ['admin', 'me'],
    queryFn: async ({ signal }) => (await get<Me>('admin/me', signal)).data,
    staleTime: 60_000,
  });
}

/** The server knows the caller and refuses: he is no staff, or must first show a second factor. */
export function refusalOf(error: Error | null): 'no-staff' | 'second-factor' | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === 'TWO_FACTOR_REQUIRED') return 'second-factor';
  return error.code === 'FORBIDDEN' ? 'no-staff' : undefined;
}

interface Refresh {
  /** Milliseconds between two askings of something that moves by itself. */
  readonly every?: number;
}

/** GET `admin/<path>`; while another page of a list is on its way the one before stays. */
export function useAdmin<T, Meta = PageMeta>(path: string, { every }: Refresh = {}) {
  return useQuery({
    queryKey: ['admin', path],
    queryFn: ({ signal }) => get<T>(`admin/${path}`, signal) as Promise<{ data: T; meta?: Meta }>,
    placeholderData: keepPreviousData,
    refetchInterval: every ?? false,
  });
}

/** Who one is does not change with what one does. */
export const withoutMe = ({ queryKey }: { queryKey: readonly unknown[] }): boolean => queryKey[1] !== 'me';

/** Something that staff do: whatever it changed, every list is asked for anew; `gone` is the path of what is there no more. */
export function useDeed<Input, Result = unknown>(deed: (input: Input) => Promise<Result>, gone?: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: deed,
    onSettled: (_done, error) =>
      client.invalidateQueries({
        queryKey: ['admin'],
        predicate: (query) => withoutMe(query) && (error !== null || query.queryKey[1] !== gone),
      }),
  });
}
