import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: string;
  readonly email?: string;
  readonly display_name: string | null;
  readonly images?: readonly { readonly url: string }[];
}

/** Spotify says of its addresses itself that nobody has verified them. */
export const spotify: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['user-read-email'],
  clientAuthentication: 'basic',
  endpoints: (url) => {
    const host = url ?? 'https://accounts.spotify.com';
    return {
      authorization: `${host}/authorize`,
      token: `${host}/api/token`,
      api: url ? `${url}/v1` : 'https://api.spotify.com/v1',
    };
  },
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/me`);
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.email,
      emailVerified: false,
      name: user.display_name,
      picture: user.images?.[0]?.url,
    });
  },
};
