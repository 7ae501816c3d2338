import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly data: {
    readonly id: string;
    readonly name: string;
    readonly username: string;
    readonly profile_image_url?: string;
    readonly confirmed_email?: string;
  };
}

/** X (Twitter) by OAuth 2.0; `confirmed_email` comes only to apps that may ask for it. */
export const x: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['users.email', 'tweet.read', 'users.read', 'offline.access'],
  clientAuthentication: 'basic',
  pkce: true,
  endpoints: (url) => ({
    authorization: `${url ?? 'https://x.com'}/i/oauth2/authorize`,
    token: `${url ?? 'https://api.x.com'}/2/oauth2/token`,
    api: url ?? 'https://api.x.com',
  }),
  profile: async (api) => {
    const { data } = await api.json<User>(
      `${api.base}/2/users/me?user.fields=confirmed_email,name,profile_image_url,username`,
    );
    return profileOf({
      issuer: api.base,
      subject: data.id,
      email: data.confirmed_email,
      emailVerified: true,
      name: data.name,
      picture: data.profile_image_url,
      username: data.username,
    });
  },
};
