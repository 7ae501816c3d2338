import { createHmac } from 'node:crypto';
import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: string;
  readonly email?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly name?: string;
  readonly picture?: { readonly data?: { readonly url?: string } };
}

/** Facebook hands out only addresses that it has confirmed. */
export const facebook: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['email'],
  scopeSeparator: ',',
  endpoints: (url) => ({
    authorization: `${url ?? 'https://www.facebook.com'}/dialog/oauth`,
    token: `${url ?? 'https://graph.facebook.com'}/oauth/access_token`,
    api: url ?? 'https://graph.facebook.com',
  }),
  profile: async (api, { accessToken }) => {
    // Without the proof anybody who steals a token could use it; apps may require it.
    const proof = createHmac('sha256', api.clientSecret).update(accessToken).digest('hex');
    const user = await api.json<User>(
      `${api.base}/me?fields=email,first_name,last_name,name,picture&appsecret_proof=${proof}`,
    );
    return profileOf({
      issuer: 'https://facebook.com',
      subject: user.id,
      email: user.email,
      emailVerified: true,
      name: user.name ?? [user.first_name, user.last_name].filter(Boolean).join(' '),
      picture: user.picture?.data?.url,
      more: { nickname: user.name },
    });
  },
};
