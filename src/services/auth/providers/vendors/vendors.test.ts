import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProviderProfile } from '../provider.ts';
import type { OAuthVendor, OidcVendor } from '../vendor.ts';
import { VENDORS } from './list.ts';

/** What the vendors' documentation shows as answers, cut to what is read, by the end of the address. */
const SAMPLES: Readonly<Record<string, { answers: Record<string, unknown>; expected: Expected }>> = {
  github: {
    answers: {
      '/user': {
        id: 1,
        login: 'octocat',
        name: 'monalisa octocat',
        avatar_url: 'https://gh/a.gif',
        email: 'public@x.com',
      },
      '/user/emails': [
        { email: 'octocat@x.com', verified: true, primary: true },
        { email: 'public@x.com', verified: false, primary: false },
      ],
    },
    expected: ['1', 'octocat@x.com', true, 'monalisa octocat'],
  },
  gitlab: {
    answers: {
      '/user': {
        id: 2,
        email: 'john@x.com',
        name: 'John Smith',
        username: 'john',
        avatar_url: null,
        confirmed_at: '2012-05-23T09:05:22Z',
      },
      '/user/emails': [{ email: 'second@x.com', confirmed_at: null }],
    },
    expected: ['2', 'john@x.com', true, 'John Smith'],
  },
  facebook: {
    answers: { '/me': { id: '3', email: 'f@x.com', name: 'F B', picture: { data: { url: 'https://fb/p' } } } },
    expected: ['3', 'f@x.com', true, 'F B'],
  },
  discord: {
    answers: {
      '/users/@me': {
        id: '4',
        username: 'Nelly',
        global_name: null,
        discriminator: '1337',
        avatar: 'abc',
        email: 'n@x.com',
        verified: false,
      },
    },
    expected: ['4', 'n@x.com', false, 'Nelly#1337'],
  },
  kakao: {
    answers: {
      '/v2/user/me': {
        id: 5,
        kakao_account: { email: 'k@x.com', is_email_valid: true, is_email_verified: false, profile: { nickname: 'K' } },
      },
    },
    expected: ['5', 'k@x.com', false, 'K'],
  },
  spotify: {
    answers: { '/me': { id: 'six', email: 's@x.com', display_name: 'S', images: [{ url: 'https://s/i' }] } },
    expected: ['six', 's@x.com', false, 'S'],
  },
  twitch: {
    answers: { '/users': { data: [{ id: '7', login: 'dallas', display_name: 'Dallas', email: 't@x.com' }] } },
    expected: ['7', 't@x.com', true, 'dallas'],
  },
  notion: {
    answers: {
      '/v1/users/me': {
        bot: { owner: { user: { id: '8', name: 'N', avatar_url: null, person: { email: 'n@x.com' } } } },
      },
    },
    expected: ['8', 'n@x.com', true, 'N'],
  },
  zoom: {
    answers: {
      '/users/me': { id: '9', first_name: 'Z', last_name: 'M', email: 'z@x.com', verified: 0, login_types: [100] },
    },
    expected: ['9', 'z@x.com', false, 'Z M'],
  },
  bitbucket: {
    answers: {
      '/user': { uuid: '{10}', display_name: 'B', nickname: 'bb' },
      '/user/emails': { values: [{ email: 'b@x.com', is_primary: true, is_confirmed: true }] },
    },
    expected: ['{10}', 'b@x.com', true, 'B'],
  },
  figma: {
    answers: { '/v1/me': { id: '11', email: 'fig@x.com', handle: 'Fig', img_url: 'https://fig/i' } },
    expected: ['11', 'fig@x.com', true, 'Fig'],
  },
  workos: {
    answers: {
      '/sso/profile': { id: 'prof_12', email: 'w@x.com', first_name: 'W', last_name: 'O', connection_id: 'conn' },
    },
    expected: ['prof_12', 'w@x.com', true, 'W O'],
  },
  fly: {
    answers: { '/oauth/token/info': { user_id: '13', user_name: 'Fly', email: 'fly@x.com' } },
    expected: ['13', 'fly@x.com', true, 'Fly'],
  },
  x: {
    answers: { '/2/users/me': { data: { id: '14', name: 'X', username: 'x', confirmed_email: 'x@x.com' } } },
    expected: ['14', 'x@x.com', true, 'X'],
  },
};

type Expected = readonly [subject: string, email: string, verified: boolean, name: string];

const summary = (profile: ProviderProfile): Expected => {
  const primary = profile.emails.find((email) => email.primary)!;
  return [profile.subject, primary.email, primary.verified, String(profile.claims['full_name'])];
};

describe('a profile of plain OAuth', () => {
  for (const [name, { answers, expected }] of Object.entries(SAMPLES))
    test(`of ${name} says who it is and whether the address is verified`, async () => {
      const vendor = VENDORS[name] as OAuthVendor;
      const base = vendor.endpoints(undefined).api;
      const api = {
        base,
        clientId: 'id',
        clientSecret: 'secret',
        json: async <T>(url: string) => {
          const found = answers[url.slice(base.length).split('?')[0]!];
          assert.notEqual(found, undefined, `nobody asked for ${url} in the documentation`);
          return found as T;
        },
      };
      const profile = await vendor.profile(api, { accessToken: 'token' });
      assert.deepEqual(summary(profile), expected);
      assert.equal(profile.claims['provider_id'], expected[0]);
    });

  test('has a sample for every vendor', () => {
    const vendors = Object.entries(VENDORS).flatMap(([name, vendor]) => (vendor.kind === 'oauth2' ? [name] : []));
    assert.deepEqual(vendors.filter((name) => name !== 'twitter').sort(), Object.keys(SAMPLES).sort());
  });

  test('goes to the host of config.toml when there is one', () => {
    for (const [name, vendor] of Object.entries(VENDORS)) {
      if (vendor.kind !== 'oauth2') continue;
      for (const address of Object.values(vendor.endpoints('https://self.example.com')))
        assert.equal(new URL(address).host, 'self.example.com', name);
      for (const address of Object.values(vendor.endpoints(undefined)))
        assert.equal(new URL(address).protocol, 'https:', name);
    }
  });
});

describe('a profile of OpenID Connect', () => {
  const profileOf = (name: string, claims: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
    (VENDORS[name] as OidcVendor).profile({ iss: 'https://issuer', sub: 's', ...claims }, fields);

  test('takes Apple’s name from the posted form, and its text for a boolean', () => {
    const profile = profileOf(
      'apple',
      { email: 'a@x.com', email_verified: 'true' },
      { user: '{"name":{"firstName":"Ann","lastName":"Apple"}}' },
    );
    assert.deepEqual(summary(profile), ['s', 'a@x.com', true, 'Ann Apple']);
    for (const user of ['{', '[]', 'null', '{"name":1}', 5, undefined])
      assert.equal(profileOf('apple', {}, { user }).claims['full_name'], undefined);
  });

  test('trusts a Microsoft address only when its domain was verified', () => {
    const verified = (claims: Record<string, unknown>) =>
      profileOf('azure', { email: 'a@x.com', ...claims }).emails[0]!.verified;
    assert.equal(verified({ email_verified: true }), false);
    assert.equal(verified({ xms_edov: true }), true);
    assert.equal(verified({ xms_edov: '1' }), true);
  });

  test('takes Microsoft’s issuers of every tenant for the common endpoint, and only its own for a tenant', () => {
    const azure = VENDORS['azure'] as OidcVendor;
    const tenant = 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0';
    assert.equal(azure.acceptsIssuer!(tenant, azure.issuer(undefined)), true);
    assert.equal(azure.acceptsIssuer!(tenant, azure.issuer('https://login.microsoftonline.com/acme')), false);
    assert.equal(azure.acceptsIssuer!('https://evil.example/v2.0', azure.issuer(undefined)), false);
  });
});
