import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface TokenInfo {
  readonly user_id: string;
  readonly user_name: string;
  readonly email: string;
  readonly organizations?: readonly unknown[];
}

export const fly: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['read'],
  endpoints: (url) => {
    const host = url ?? 'https://api.fly.io';
    return { authorization: `${host}/oauth/authorize`, token: `${host}/oauth/token`, api: host };
  },
  profile: async (api) => {
    const user = await api.json<TokenInfo>(`${api.base}/oauth/token/info`);
    return profileOf({
      issuer: api.base,
      subject: user.user_id,
      email: user.email,
      emailVerified: true,
      name: user.user_name,
      custom: { organizations: user.organizations },
    });
  },
};
