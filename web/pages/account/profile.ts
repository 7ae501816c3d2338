import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { supabase } from '../../app/supabase.ts';

export interface Profile {
  readonly name: string;
  readonly avatar_url: string | null;
  readonly language: string;
  readonly subscription_tier: string;
  readonly subscription_status: string;
}

export function useProfile(userId: string) {
  return useQuery({
    queryKey: ['profile', userId],
    queryFn: async (): Promise<Profile> => {
      const found = (await supabase())
        .from('users')
        .select('name, avatar_url, language, subscription_tier, subscription_status')
        .eq('id', userId)
        .single<Profile>();
      return (await found.throwOnError()).data;
    },
  });
}

export function useChangeProfile(userId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: Partial<Pick<Profile, 'name' | 'avatar_url' | 'language'>>) => {
      await (await supabase()).from('users').update(change).eq('id', userId).throwOnError();
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['profile', userId] }),
  });
}

/** Puts the picture into the person's own folder under a new name, so that no cache shows the old one. Returns its address. */
export async function uploadPicture(userId: string, picture: File): Promise<string> {
  const bucket = (await supabase()).storage.from('avatars');
  const ending = picture.type.split('/')[1] ?? 'png';
  const { data, error } = await bucket.upload(`${userId}/${crypto.randomUUID()}.${ending}`, picture, {
    contentType: picture.type,
  });
  if (error) throw error;
  return bucket.getPublicUrl(data.path).data.publicUrl;
}

export async function changePassword(password: string): Promise<void> {
  const { error } = await (await supabase()).auth.updateUser({ password });
  if (error) throw error;
}

/** Of this device alone. */
export async function signOut(): Promise<void> {
  await (await supabase()).auth.signOut({ scope: 'local' });
}
