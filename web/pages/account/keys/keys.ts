import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../../../app/api.ts';

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly permissions: readonly string[];
  readonly rateLimit: number | null;
  readonly isActive: boolean;
  readonly lastUsed: string | null;
  readonly expiresAt: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly permissions: readonly string[];
  readonly expiresInDays?: number;
  readonly rateLimit?: number;
}

export function useKeys(userId: string) {
  return useQuery({
    queryKey: ['api-keys', userId],
    queryFn: async ({ signal }) => (await get<ApiKey[]>('user/api-keys', signal)).data,
  });
}

export function useChangeKeys<Input, Answer>(userId: string, change: (input: Input) => Promise<Answer>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ['api-keys', userId] }),
  });
}

export const addKey = (key: NewKey) => send<ApiKey & { readonly key: string }>('POST', 'user/api-keys', key);
export const endKey = (id: string) => send('DELETE', `user/api-keys/${id}`);
