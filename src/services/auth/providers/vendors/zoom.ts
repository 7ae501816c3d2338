import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly email?: string;
  /** 1 when the address is verified. */
  readonly verified?: number;
  readonly login_types?: readonly number[];
  readonly pic_url?: string;
}

/** Login type 100: signed up with mail and password, where `verified` says whether the address was confirmed. */
const BY_EMAIL = 100;

export const zoom: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['user:read'],
  clientAuthentication: 'basic',
  endpoints: (url) => {
    const host = url ?? 'https://zoom.us';
    return {
      authorization: `${host}/oauth/authorize`,
      token: `${host}/oauth/token`,
      api: url ? `${url}/v2` : 'https://api.zoom.us/v2',
    };
  },
  profile: async (api) => {
    const user = await api.json<User>(`${api.base}/users/me`);
    const byEmail = user.login_types?.includes(BY_EMAIL) ?? false;
    return profileOf({
      issuer: api.base,
      subject: user.id,
      email: user.email,
      emailVerified: byEmail ? user.verified === 1 : true,
      name: [user.first_name, user.last_name].filter(Boolean).join(' '),
      picture: user.pic_url,
    });
  },
};
