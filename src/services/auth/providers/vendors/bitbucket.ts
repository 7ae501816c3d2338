import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly uuid: string;
  readonly display_name: string;
  readonly username?: string;
  readonly nickname?: string;
  readonly links?: { readonly avatar?: { readonly href?: string } };
}
interface Emails {
  readonly values: readonly { readonly email: string; readonly is_primary: boolean; readonly is_confirmed: boolean }[];
}

export const bitbucket: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['account', 'email'],
  endpoints: (url) => {
    const host = url ?? 'https://bitbucket.org';
    return {
      authorization: `${host}/site/oauth2/authorize`,
      token: `${host}/site/oauth2/access_token`,
      api: url ? `${url}/2.0` : 'https://api.bitbucket.org/2.0',
    };
  },
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/user`);
    const { values } = await api.json<Emails>(`${api.base}/user/emails`);
    return profileOf({
      issuer: api.base,
      subject: user.uuid,
      emails: values.map(({ email, is_primary, is_confirmed }) => ({
        email,
        verified: is_confirmed,
        primary: is_primary,
      })),
      name: user.display_name,
      picture: user.links?.avatar?.href,
      username: user.username ?? user.nickname,
    });
  },
};
