import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly username: string;
  readonly avatar_url: string | null;
  readonly confirmed_at: string | null;
}

export const gitlab: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['read_user'],
  endpoints: (url) => {
    const host = url ?? 'https://gitlab.com';
    return { authorization: `${host}/oauth/authorize`, token: `${host}/oauth/token`, api: `${host}/api/v4` };
  },
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/user`);
    const others = await api.json<{ email: string; confirmed_at: string | null }[]>(`${api.base}/user/emails`);
    const own = { email: user.email, verified: user.confirmed_at !== null, primary: true };
    return profileOf({
      issuer: new URL(api.base).origin,
      subject: user.id,
      emails: [
        own,
        ...others
          .filter(({ email }) => email !== user.email)
          .map(({ email, confirmed_at }) => ({ email, verified: confirmed_at !== null, primary: false })),
      ],
      name: user.name,
      picture: user.avatar_url,
      username: user.username,
    });
  },
};
