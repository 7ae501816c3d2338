import { profileOf } from '../profile.ts';
import { ProviderError } from '../provider.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: string;
  readonly login: string;
  readonly display_name: string;
  readonly email?: string;
  readonly profile_image_url?: string;
  readonly description?: string;
}

/** Twitch gives out an address only once it is verified. */
export const twitch: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['user:read:email'],
  endpoints: (url) => {
    const host = url ?? 'https://id.twitch.tv';
    return {
      authorization: `${host}/oauth2/authorize`,
      token: `${host}/oauth2/token`,
      api: url ? `${url}/helix` : 'https://api.twitch.tv/helix',
    };
  },
  profile: async (api) => {
    const { data } = await api.json<{ data?: readonly User[] }>(`${api.base}/users`, {
      headers: { 'client-id': api.clientId },
    });
    const user = data?.[0];
    if (!user) throw new ProviderError('profile', 'unable to find user with twitch provider');
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.email,
      emailVerified: true,
      name: user.login,
      picture: user.profile_image_url,
      username: user.login,
      more: { nickname: user.display_name },
      custom: { description: user.description },
    });
  },
};
