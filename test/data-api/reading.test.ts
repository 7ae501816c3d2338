import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type DataApiFixture, startFixture } from './server.ts';

let fixture: DataApiFixture;
before(async () => {
  fixture = await startFixture();
});
after(() => fixture[Symbol.asyncDispose]());

/** sentence, path, expected body */
type Case = readonly [sentence: string, path: string, body: unknown];

function answers(cases: readonly Case[]): void {
  for (const [sentence, path, body] of cases)
    test(sentence, async () => {
      const answer = await fixture.server.get(path);
      assert.deepEqual({ status: answer.status, body: answer.json }, { status: 200, body });
    });
}

describe('columns', () => {
  answers([
    ['an alias renames', '/observatories?select=n:name&id=eq.1', [{ n: 'Paranal' }]],
    ['a cast changes the type', '/telescopes?select=aperture::text&id=eq.1', [{ aperture: '8.20' }]],
    [
      'a path into JSON gives JSON or text, and is named by its last key',
      '/telescopes?select=details->mirror->segments,details->mirror->>coating,t:details->tags->>1&id=eq.1',
      [{ segments: 1, coating: 'aluminium', t: 'b' }],
    ],
    ['a composite has its fields', '/observatories?select=place->latitude&id=eq.1', [{ latitude: -24.6 }]],
    ['an array has its elements', '/telescopes?select=bands->>0&id=eq.1', [{ bands: 'infrared' }]],
    ['a computed field is a column', '/observatories?select=name,age&id=eq.1', [{ name: 'Paranal', age: 26 }]],
    ['a generated column is read', '/telescopes?select=label&id=eq.3', [{ label: 'Keck I 10.00 m' }]],
    [
      'ranges, hstore and ltree come as Postgres writes them',
      '/observers?select=active,attributes,rank&id=eq.1',
      [{ active: '[1965-01-01,2016-12-25)', attributes: { eyes: 'two', coffee: null }, rank: 'top' }],
    ],
    ['a column may come twice under other names', '/observatories?select=a:id,b:id&id=eq.1', [{ a: 1, b: 1 }]],
  ]);
});

describe('filters', () => {
  const names = (path: string) => `/observers?select=name&order=name&${path}`;
  const found = (...list: string[]) => list.map((name) => ({ name }));
  answers([
    ['eq', names('name=eq.Vera'), found('Vera')],
    ['not.eq', names('id=not.eq.1'), found('Andrea', 'Edwin', 'Jocelyn')],
    ['gt and lte together', names('id=gt.1&id=lte.3'), found('Andrea', 'Jocelyn')],
    ['like with stars', names('name=like.*e*a'), found('Andrea', 'Vera')],
    ['ilike', names('name=ilike.VER*'), found('Vera')],
    ['match', names('name=match.^(A|E)'), found('Andrea', 'Edwin')],
    ['imatch', names('name=imatch.^a'), found('Andrea')],
    ['in with quoted values', names('name=in.("Vera",Edwin)'), found('Edwin', 'Vera')],
    ['in of nothing', names('id=in.()'), []],
    ['is null', names('mentor_id=is.null'), found('Edwin', 'Vera')],
    ['is not_null', names('mentor_id=is.not_null'), found('Andrea', 'Jocelyn')],
    ['isdistinct', names('mentor_id=isdistinct.1'), found('Andrea', 'Edwin', 'Vera')],
    ['eq(any)', names('name=eq(any).{Vera,Edwin}'), found('Edwin', 'Vera')],
    ['like(all)', names('name=like(all).{*e*,*a}'), found('Andrea', 'Vera')],
    ['an array contains', names('tags=cs.{pulsars}'), found('Jocelyn')],
    ['an array element with a comma', names('tags=cs.{"red,shift"}'), found('Edwin')],
    ['arrays overlap', names('tags=ov.{pulsars,rotation}'), found('Jocelyn', 'Vera')],
    ['a range contains', names('active=cs.[1970-01-01,1970-01-02)'), found('Jocelyn', 'Vera')],
    ['a range is left of', names('active=sl.[1960-01-01,1961-01-01)'), found('Edwin')],
    ['a range is adjacent', names('active=adj.[2016-12-25,2017-01-01)'), found('Vera')],
    ['an ltree descends', names('rank=cd.top.second'), found('Andrea', 'Jocelyn')],
    ['or', names('or=(id.eq.1,name.eq.Edwin)'), found('Edwin', 'Vera')],
    ['not.or of and', names('not.or=(id.eq.1,and(id.gt.1,id.lt.4))'), found('Edwin')],
    ['a quoted value in a tree', names('or=(name.eq."Vera",tags.cs.{"red,shift"})'), found('Edwin', 'Vera')],
    ['full text', '/exposures?select=object&object=plfts(english).ngc', [{ object: 'NGC 1277' }]],
    ['a path into JSON', '/telescopes?select=id&details->mirror->>segments=eq.36', [{ id: 3 }]],
    ['a number in JSON', '/telescopes?select=id&details->mirror->segments=gt.1', [{ id: 3 }]],
    ['a computed field', '/observatories?select=id&age=gt.100', [{ id: 3 }]],
    ['an enum', '/exposures?select=object&band=eq.infrared&order=object', [{ object: 'M42' }, { object: 'NGC 1277' }]],
    ['a domain', '/exposures?select=object&magnitude=lt.0', [{ object: 'Moon' }]],
  ]);
});

describe('embedding', () => {
  answers([
    [
      'to one, over the key here',
      '/telescopes?select=name,observatories(name)&id=eq.1',
      [{ name: 'Antu', observatories: { name: 'Paranal' } }],
    ],
    [
      'to many, over the key there, ordered and limited on its own',
      '/observatories?select=name,telescopes(name)&telescopes.order=name.desc&telescopes.limit=1&id=eq.1',
      [{ name: 'Paranal', telescopes: [{ name: 'VST' }] }],
    ],
    [
      'over a composite key',
      '/exposures?select=object,nights(weather)&object=eq.Moon',
      [{ object: 'Moon', nights: { weather: 'fog' } }],
    ],
    [
      'one to one is an object from either side',
      '/observers?select=name,observer_profiles(bio)&id=in.(1,3)&order=id',
      [
        { name: 'Vera', observer_profiles: { bio: 'Galaxies turn too fast' } },
        { name: 'Andrea', observer_profiles: null },
      ],
    ],
    [
      'many to many over a junction keyed by its two keys',
      '/observers?select=name,telescopes(name)&telescopes.order=id&id=eq.2',
      [{ name: 'Jocelyn', telescopes: [{ name: 'Antu' }, { name: 'Keck I' }] }],
    ],
    [
      'the column of a reference to itself leads up, the table down',
      '/observers?select=name,mentor:mentor_id(name),students:observers(name)&id=eq.2',
      [{ name: 'Jocelyn', mentor: { name: 'Vera' }, students: [{ name: 'Andrea' }] }],
    ],
    [
      'two keys to one table are told apart by constraint or column',
      '/transfers?select=a:observatories!transfers_from(name),b:observatories!to_id(name)&id=eq.1',
      [{ a: { name: 'Mauna Kea' }, b: { name: 'Paranal' } }],
    ],
    [
      'a view over joins relates by the keys it shows',
      '/night_log?select=telescope,observatories(country),exposures(object)&telescope_id=eq.3',
      [{ telescope: 'Keck I', observatories: { country: 'US' }, exposures: [{ object: 'NGC 1277' }] }],
    ],
    [
      'so does a view of a view',
      '/clear_nights?select=night,telescopes(name)&telescope_id=eq.1',
      [{ night: '2025-01-01', telescopes: { name: 'Antu' } }],
    ],
    [
      'a computed relationship of one row is an object',
      '/telescopes?select=name,headquarters(name)&id=eq.4',
      [{ name: 'Bernard Lyot', headquarters: { name: 'Pic du Midi' } }],
    ],
    [
      'inner drops those without',
      '/observers?select=name,observer_profiles!inner(bio)&observer_profiles.bio=like.A*',
      [{ name: 'Jocelyn', observer_profiles: { bio: 'A bit of scruff' } }],
    ],
    [
      'an embed that must be null keeps those without',
      '/observatories?select=name,awards()&awards=is.null',
      [{ name: 'Pic du Midi' }],
    ],
    [
      'a row is ordered by what it belongs to',
      '/telescopes?select=id,observatories()&order=observatories(name).desc,id&limit=2',
      [{ id: 4 }, { id: 1 }],
    ],
    [
      'three levels',
      '/observatories?select=name,telescopes(name,nights(night,exposures(object)))&id=eq.2',
      [
        {
          name: 'Mauna Kea',
          telescopes: [{ name: 'Keck I', nights: [{ night: '2025-01-01', exposures: [{ object: 'NGC 1277' }] }] }],
        },
      ],
    ],
    [
      'a spread to one lifts its columns',
      '/telescopes?select=name,...observatories(site:name)&id=eq.1',
      [{ name: 'Antu', site: 'Paranal' }],
    ],
    [
      'a spread to many makes arrays',
      '/observatories?select=name,...telescopes(t:name)&id=eq.1&telescopes.order=id',
      [{ name: 'Paranal', t: ['Antu', 'VST'] }],
    ],
    ['a foreign table is a table', '/server_version?select=count()&version=gt.0', [{ count: 1 }]],
    [
      'a partitioned table is one table',
      '/readings?select=at,value&order=at',
      [
        { at: '2024-06-01', value: 1.5 },
        { at: '2025-06-01', value: 2.5 },
      ],
    ],
  ]);

  test('two ways are 300 with the candidates', async () => {
    const { status, json } = await fixture.server.get('/transfers?select=*,observatories(name)');
    const { code, details, hint } = json as { code: string; details: { relationship: string }[]; hint: string };
    assert.equal(status, 300);
    assert.equal(code, 'PGRST201');
    assert.equal(details.length, 2);
    assert.match(hint, /observatories!transfers_from/);
    assert.match(hint, /observatories!transfers_to/);
  });

  test('a junction with a key of its own is no many-to-many', async () => {
    const { status, json } = await fixture.server.get('/observers?select=name,observatories(name)');
    assert.equal(status, 400);
    assert.equal((json as { code: string }).code, 'PGRST200');
  });
});

describe('aggregates', () => {
  answers([
    ['count of everything', '/exposures?select=count()', [{ count: 4 }]],
    [
      'grouped by what is not aggregated',
      '/exposures?select=band,count(),magnitude.max()&order=band',
      [
        { band: 'infrared', count: 2, max: 14.7 },
        { band: 'visible', count: 2, max: 3.4 },
      ],
    ],
    ['with a cast and an alias', '/telescopes?select=a:aperture.sum()::text', [{ a: '22.80' }]],
    [
      'inside an embed',
      '/observatories?select=name,telescopes(count())&id=eq.1',
      [{ name: 'Paranal', telescopes: [{ count: 2 }] }],
    ],
  ]);
});

describe('order and pages', () => {
  answers([
    [
      'nulls go where they are told',
      '/observers?select=id&order=mentor_id.desc.nullslast,id&limit=3',
      [{ id: 3 }, { id: 2 }, { id: 1 }],
    ],
    [
      'a path into JSON orders',
      '/telescopes?select=id&order=details->mirror->segments.asc.nullslast,id&id=in.(1,3)',
      [{ id: 1 }, { id: 3 }],
    ],
    ['limit and offset', '/observers?select=id&order=id&limit=2&offset=1', [{ id: 2 }, { id: 3 }]],
    ['limit 0', '/observers?select=id&limit=0', []],
  ]);

  for (const [prefer, range, status, contentRange] of [
    ['', '0-1', 200, '0-1/*'],
    ['count=exact', '0-1', 206, '0-1/4'],
    ['count=exact', '0-99', 200, '0-3/4'],
    ['count=exact', '9-10', 416, '*/4'],
    ['count=estimated', '0-1', 206, '0-1/4'],
  ] as const)
    test(`Range ${range} with ${prefer || 'no count'} is ${status} ${contentRange}`, async () => {
      const headers = { Range: range, 'Range-Unit': 'items', Prefer: prefer };
      const answer = await fixture.server.get('/observers?select=id&order=id', headers);
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get('content-range'), contentRange);
    });

  test('HEAD has the headers of GET and no body', async () => {
    const { status, headers, text } = await fixture.server.request('HEAD', '/observers?select=id', {
      headers: { Prefer: 'count=exact' },
    });
    assert.deepEqual([status, headers.get('content-range'), text], [200, '0-3/4', '']);
  });
});

describe('names', () => {
  const table = `/${encodeURIComponent('Звёзды & Co')}`;

  test('a table of another schema, with every sign in its names', async () => {
    const { json } = await fixture.server.get(`${table}?naïve id=eq.1`, { 'Accept-Profile': encodeProfile('Ωmega') });
    assert.deepEqual(json, [
      { 'naïve id': 1, 'col.with.dots': 'dots', 'quo"te': 'quotes', 'sp ace, comma': null, 日本: '星' },
    ]);
  });

  test('quoted names in select, filter and order', async () => {
    const query = `?select="col.with.dots",s:"日本"&"sp ace, comma"=is.null&order="col.with.dots".desc`;
    const { json } = await fixture.server.get(table + query, { 'Accept-Profile': encodeProfile('Ωmega') });
    assert.deepEqual(json, [{ 'col.with.dots': 'dots', s: '星' }]);
  });

  test('a schema that is not exposed is 406', async () => {
    const { status, json } = await fixture.server.get('/secrets', { 'Accept-Profile': 'vault' });
    assert.deepEqual([status, (json as { code: string }).code], [406, 'PGRST106']);
  });

  test('a name that is nearly right is offered', async () => {
    const { status, json } = await fixture.server.get('/telescope');
    assert.equal(status, 404);
    assert.deepEqual(json, {
      code: 'PGRST205',
      details: null,
      hint: "Perhaps you meant the table 'sky.telescopes'",
      message: "Could not find the table 'sky.telescope' in the schema cache",
    });
  });
});

/** Headers are bytes: fetch takes Latin-1, which is how UTF-8 bytes travel. */
function encodeProfile(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}
