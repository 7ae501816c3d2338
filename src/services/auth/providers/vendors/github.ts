import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly avatar_url: string;
  readonly email: string | null;
}
interface Email {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
}

/** The profile's public address may be anything; the list of addresses says which are verified. */
export const github: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['user:email'],
  endpoints: (url) => {
    const host = url ?? 'https://github.com';
    return {
      authorization: `${host}/login/oauth/authorize`,
      token: `${host}/login/oauth/access_token`,
      // GitHub Enterprise has its API below the same host.
      api: url ? `${url}/api/v3` : 'https://api.github.com',
    };
  },
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/user`);
    const emails = await api.json<Email[]>(`${api.base}/user/emails`);
    return profileOf({
      issuer: api.base,
      subject: user.id,
      emails: emails.map(({ email, primary, verified }) => ({ email, primary, verified })),
      name: user.name,
      picture: user.avatar_url,
      username: user.login,
    });
  },
};
