import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedIn } from './fixture.ts';
import { type Answer, type DataApiFixture, type RequestOptions, startFixture } from './server.ts';

let fixture: DataApiFixture;
before(async () => {
  fixture = await startFixture();
});
after(() => fixture[Symbol.asyncDispose]());

const RETURN = 'return=representation';

/** Sends a write that is undone, so that the cases do not see each other. */
function undone(
  method: string,
  path: string,
  body: unknown,
  options: { prefer?: string; headers?: Record<string, string> } = {},
) {
  const Prefer = ['tx=rollback', options.prefer].filter(Boolean).join(',');
  return fixture.server.request(method, path, { body, headers: { Prefer, ...options.headers } });
}

function brief({ status, json }: Answer) {
  return { status, body: json };
}

describe('insert', () => {
  test('an object is one row, answered with its key and nothing else', async () => {
    const answer = await undone('POST', '/transfers', { id: 9, telescope_id: 1 }, { prefer: 'return=headers-only' });
    assert.deepEqual([answer.status, answer.text], [201, '']);
    assert.equal(answer.headers.get('location'), '/transfers?id=eq.9');
  });

  test('the key of a composite key is the whole key', async () => {
    const row = { telescope_id: 2, night: '2025-03-01' };
    const answer = await undone('POST', '/nights', row, { prefer: 'return=headers-only' });
    assert.equal(answer.headers.get('location'), '/nights?telescope_id=eq.2&night=eq.2025-03-01');
  });

  test('an array is several rows, and select with embeds applies to what was written', async () => {
    const rows = [
      { id: 8, observatory_id: 1, name: 'New', aperture: 1 },
      { id: 9, observatory_id: 2, name: 'Newer', aperture: 2 },
    ];
    const answer = await undone('POST', '/telescopes?select=id,label,observatories(name)&order=id', rows, {
      prefer: RETURN,
    });
    assert.deepEqual(brief(answer), {
      status: 201,
      body: [
        { id: 8, label: 'New 1.00 m', observatories: { name: 'Paranal' } },
        { id: 9, label: 'Newer 2.00 m', observatories: { name: 'Mauna Kea' } },
      ],
    });
    assert.equal(answer.headers.get('preference-applied'), 'return=representation, tx=rollback');
  });

  test('columns restricts what is taken from the body', async () => {
    const body = [{ id: 9, telescope_id: 1, from_id: 1, unknown: true }];
    const answer = await undone('POST', '/transfers?columns=id,telescope_id', body, { prefer: RETURN });
    assert.deepEqual(brief(answer), { status: 201, body: [{ id: 9, telescope_id: 1, from_id: null, to_id: null }] });
  });

  test('missing=default gives absent keys their default', async () => {
    const rows = [{ id: 8, name: 'Named' }, { id: 9 }];
    const path = '/observers?select=id,name&columns=id,name&order=id';
    const given = await undone('POST', path, rows, { prefer: `${RETURN},missing=default` });
    assert.deepEqual(given.json, [
      { id: 8, name: 'Named' },
      { id: 9, name: 'anonymous' },
    ]);
    assert.equal((await undone('POST', path, rows, { prefer: RETURN })).status, 400);
  });

  test('CSV and form bodies are rows', async () => {
    const csv = await undone('POST', '/transfers', 'id,telescope_id,from_id\n8,1,NULL\n9,2,1', {
      prefer: RETURN,
      headers: { 'Content-Type': 'text/csv' },
    });
    assert.deepEqual(csv.json, [
      { id: 8, telescope_id: 1, from_id: null, to_id: null },
      { id: 9, telescope_id: 2, from_id: 1, to_id: null },
    ]);
    const form = await undone('POST', '/transfers', 'id=8&telescope_id=1', {
      prefer: RETURN,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    assert.deepEqual(form.json, [{ id: 8, telescope_id: 1, from_id: null, to_id: null }]);
  });

  test('every type goes in as Postgres writes it', async () => {
    const row = {
      id: 50,
      name: 'All',
      mentor_id: null,
      tags: ['a', 'b,c', '"'],
      attributes: '"k"=>"v", "n"=>NULL',
      rank: 'a.b',
      active: '[2020-01-01,2021-01-01)',
      salary: 7,
    };
    const answer = await undone('POST', '/observers', row, { prefer: RETURN, headers: await signedIn() });
    assert.deepEqual(brief(answer), { status: 201, body: [{ ...row, attributes: { k: 'v', n: null } }] });
  });

  test('an empty array writes nothing', async () => {
    assert.deepEqual(brief(await undone('POST', '/transfers', [], { prefer: RETURN })), { status: 201, body: [] });
  });

  test('a trigger changes what is written, and is answered so', async () => {
    const body = { id: 77, observer_id: 1, title: '  spaced ' };
    const answer = await undone('POST', '/awards?select=title', body, { prefer: RETURN });
    assert.deepEqual(answer.json, [{ title: 'spaced' }]);
  });

  test('a partitioned table puts the row where it belongs', async () => {
    const body = { sensor: 2, at: '2024-05-05', value: 1 };
    assert.equal((await undone('POST', '/readings', body, { prefer: RETURN })).status, 201);
    assert.equal((await undone('POST', '/readings', { ...body, at: '1999-01-01' })).status, 400);
  });
});

describe('upsert', () => {
  const rows = [
    { id: 1, telescope_id: 3 },
    { id: 9, telescope_id: 1 },
  ];

  test('merge-duplicates updates what is there', async () => {
    const prefer = `${RETURN},resolution=merge-duplicates`;
    const answer = await undone('POST', '/transfers?select=id,telescope_id,from_id&order=id', rows, { prefer });
    assert.deepEqual(brief(answer), {
      status: 201,
      body: [
        { id: 1, telescope_id: 3, from_id: 2 },
        { id: 9, telescope_id: 1, from_id: null },
      ],
    });
    assert.equal((await undone('POST', '/transfers', [rows[0]], { prefer })).status, 200);
  });

  test('ignore-duplicates leaves what is there', async () => {
    const prefer = `${RETURN},resolution=ignore-duplicates`;
    const answer = await undone('POST', '/transfers?select=id', rows, { prefer });
    assert.deepEqual(answer.json, [{ id: 9 }]);
  });

  test('on_conflict names another unique key', async () => {
    const prefer = `${RETURN},resolution=merge-duplicates`;
    const body = { id: 1, name: 'Paranal', founded: 2000 };
    const answer = await undone('POST', '/observatories?on_conflict=name&select=founded', body, { prefer });
    assert.deepEqual(answer.json, [{ founded: 2000 }]);
  });

  test('PUT writes the one row that its filter names', async () => {
    const row = { id: 9, telescope_id: 1, from_id: null, to_id: null };
    assert.equal((await undone('PUT', '/transfers?id=eq.9', row)).status, 201);
    assert.equal((await undone('PUT', '/transfers?id=eq.1', { ...row, id: 1 }, { prefer: RETURN })).status, 200);
    assert.equal((await undone('PUT', '/transfers?id=eq.1', row)).status, 400);
    assert.equal((await undone('PUT', '/transfers?id=gt.1', row)).status, 405);
  });
});

describe('update and delete', () => {
  test('PATCH changes what the filter finds', async () => {
    const answer = await undone(
      'PATCH',
      '/telescopes?observatory_id=eq.1&select=id,retired&order=id',
      { retired: true },
      { prefer: RETURN },
    );
    assert.deepEqual(brief(answer), {
      status: 200,
      body: [
        { id: 1, retired: true },
        { id: 2, retired: true },
      ],
    });
    assert.equal((await undone('PATCH', '/telescopes?id=eq.1', { retired: true })).status, 204);
  });

  test('PATCH of nothing, or with nothing, changes nothing', async () => {
    assert.deepEqual(brief(await undone('PATCH', '/telescopes?id=eq.99', { retired: true }, { prefer: RETURN })), {
      status: 200,
      body: [],
    });
    assert.deepEqual((await undone('PATCH', '/telescopes?id=eq.1', {}, { prefer: RETURN })).json, []);
  });

  test('a generated column cannot be written', async () => {
    const { status, json } = await undone('PATCH', '/telescopes?id=eq.1', { label: 'x' });
    assert.deepEqual([status, (json as { code: string }).code], [400, '428C9']);
  });

  test('DELETE removes what the filter finds, count says how many', async () => {
    const answer = await undone('DELETE', '/awards?observer_id=eq.2&select=title', undefined, {
      prefer: `${RETURN},count=exact`,
    });
    assert.deepEqual(brief(answer), { status: 200, body: [{ title: 'Prize' }, { title: 'Prize' }] });
    assert.equal(answer.headers.get('content-range'), '*/2');
    assert.equal((await undone('DELETE', '/awards?id=eq.1', undefined)).status, 204);
  });

  test('a view on one table is written through', async () => {
    const answer = await undone('PATCH', '/big_telescopes?id=eq.1&select=name', { name: 'UT1' }, { prefer: RETURN });
    assert.deepEqual(brief(answer), { status: 200, body: [{ name: 'UT1' }] });
  });

  test('more rows than max-affected are refused', async () => {
    const prefer = 'handling=strict,max-affected=1';
    const { status, json } = await undone('DELETE', '/awards?observer_id=eq.2', undefined, { prefer });
    assert.deepEqual([status, (json as { code: string }).code], [400, 'PGRST124']);
  });
});

describe('what is refused', () => {
  const refused: readonly [string, string, RequestOptions & { method: string }, number, string][] = [
    ['a duplicate key', '/transfers', { method: 'POST', body: { id: 1 } }, 409, '23505'],
    ['a reference to nothing', '/transfers', { method: 'POST', body: { id: 9, from_id: 99 } }, 409, '23503'],
    ['a value outside its domain', '/exposures', { method: 'POST', body: { magnitude: 99 } }, 400, '23514'],
    ['an enum value there is not', '/exposures', { method: 'POST', body: { band: 'gamma' } }, 400, '22P02'],
    [
      'a body that is no JSON',
      '/transfers',
      { method: 'POST', body: '{"id":', headers: { 'Content-Type': 'application/json' } },
      400,
      'PGRST102',
    ],
    [
      'rows with different keys',
      '/transfers',
      { method: 'POST', body: [{ id: 8 }, { id: 9, from_id: 1 }] },
      400,
      'PGRST102',
    ],
    ['a column there is not', '/transfers?columns=nowhere', { method: 'POST', body: { id: 9 } }, 400, 'PGRST204'],
    [
      'a strange preference, strictly',
      '/transfers',
      { method: 'POST', body: { id: 9 }, headers: { Prefer: 'handling=strict,odd=1' } },
      400,
      'PGRST122',
    ],
  ];
  for (const [sentence, path, { method, ...options }, status, code] of refused)
    test(`${sentence} is ${status} ${code}`, async () => {
      const answer = await fixture.server.request(method, path, options);
      assert.deepEqual([answer.status, (answer.json as { code: string }).code], [status, code]);
    });

  test('a single object of several rows is 406, and the write is undone', async () => {
    const headers = { Accept: 'application/vnd.pgrst.object+json', Prefer: RETURN };
    const { status, json } = await fixture.server.request('DELETE', '/awards?observer_id=eq.2', { headers });
    assert.equal(status, 406);
    assert.deepEqual(json, {
      code: 'PGRST116',
      details: 'The result contains 2 rows',
      hint: null,
      message: 'Cannot coerce the result to a single JSON object',
    });
    assert.equal(((await fixture.server.get('/awards?observer_id=eq.2')).json as unknown[]).length, 2);
  });

  test('nothing of a request that failed stays, and what succeeded does', async () => {
    await fixture.server.request('POST', '/transfers', { body: [{ id: 70 }, { id: 1 }] });
    assert.deepEqual((await fixture.server.get('/transfers?id=eq.70')).json, []);
    await fixture.server.request('POST', '/transfers', { body: { id: 70 } });
    assert.equal(((await fixture.server.get('/transfers?id=eq.70')).json as unknown[]).length, 1);
  });
});
