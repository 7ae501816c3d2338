import { profileOf } from '../profile.ts';
import type { OAuthVendor } from '../vendor.ts';

interface User {
  readonly id: number;
  readonly kakao_account?: {
    readonly email?: string;
    readonly is_email_valid?: boolean;
    readonly is_email_verified?: boolean;
    readonly profile?: { readonly nickname?: string; readonly profile_image_url?: string };
  };
}

export const kakao: OAuthVendor = {
  kind: 'oauth2',
  scopes: ['account_email', 'profile_image', 'profile_nickname'],
  endpoints: (url) => {
    const host = url ?? 'https://kauth.kakao.com';
    return {
      authorization: `${host}/oauth/authorize`,
      token: `${host}/oauth/token`,
      api: url ?? 'https://kapi.kakao.com',
    };
  },
  profile: async (api) => {
    const { id, kakao_account: account } = await api.json<User>(`${api.base}/v2/user/me`);
    return profileOf({
      issuer: api.base,
      subject: id,
      email: account?.email,
      emailVerified: account?.is_email_verified === true && account.is_email_valid === true,
      name: account?.profile?.nickname,
      picture: account?.profile?.profile_image_url,
      username: account?.profile?.nickname,
    });
  },
};
