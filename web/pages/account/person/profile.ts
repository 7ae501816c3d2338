import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../../../app/api.ts';
import { ApiError } from '../../../app/api-error.ts';
import { accessToken } from '../../../app/session.ts';

export interface Profile {
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly profilePicture: string | null;
  readonly language: string;
  readonly timezone: string;
  readonly subscription: { readonly tier: string; readonly status: string; readonly endsAt: string | null };
}

export function useProfile(userId: string) {
  return useQuery({
    queryKey: ['profile', userId, 'page'],
    queryFn: async ({ signal }) => (await get<Profile>('user/profile', signal)).data,
  });
}

/** Whatever `change` does, everything that shows the person is read anew. */
export function useChange<Input>(userId: string, change: (input: Input) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: ['profile', userId] }),
  });
}

export const changeProfile = (change: { readonly name: string; readonly timezone: string }) =>
  send('PUT', 'user/profile', change);

/** Sends the picture as it is. Throws ApiError. */
export async function uploadPicture(picture: File): Promise<void> {
  const token = await accessToken();
  const response = await fetch('/api/v1/user/profile/avatar', {
    method: 'POST',
    headers: {
      'content-type': picture.type || 'application/octet-stream',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: picture,
  });
  if (response.ok) return;
  const body = (await response.json().catch(() => null)) as { error?: { code: string; message: string } } | null;
  throw new ApiError(body?.error?.code ?? `HTTP_${response.status}`, body?.error?.message ?? '');
}

export const removePicture = () => send('DELETE', 'user/profile/avatar');

export const changePassword = (currentPassword: string, newPassword: string) =>
  send('POST', 'auth/change-password', { currentPassword, newPassword });
