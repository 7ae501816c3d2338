import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type StorageServer, storageServer } from './storage-server.ts';

const ANN = '11111111-1111-4111-8111-111111111111';
const BEN = '22222222-2222-4222-8222-222222222222';
let s: StorageServer;

/** The policies that Supabase's guide shows: everyone has a folder of his own, and all may read what is in `shared`. */
before(async () => {
  s = await storageServer();
  await s.service.createBucket('files');
  await s.service.createBucket('open', { public: true });
  await s.db.sql(`
    create policy "own folder" on storage.objects for all to authenticated
      using (bucket_id = 'files' and (storage.foldername(name))[1] = auth.uid()::text)
      with check (bucket_id = 'files' and (storage.foldername(name))[1] = auth.uid()::text);
    create policy "shared is read" on storage.objects for select to authenticated
      using (bucket_id = 'files' and (storage.foldername(name))[1] = 'shared');
    create policy "drop box" on storage.objects for insert to anon with check (name like 'inbox/%');
    create policy "add only" on storage.objects for insert to authenticated with check (name like 'log/%');
    create policy "listing" on storage.objects for select to anon
      using (name like 'listed/%' and storage.operation() = 'storage.object.list');
  `);
  for (const name of [`${ANN}/a.txt`, `${BEN}/b.txt`, 'shared/s.txt', 'listed/l.txt'])
    await s.service.from('files').upload(name, name);
});
after(() => s[Symbol.asyncDispose]());

type Files = ReturnType<StorageServer['service']['from']>;
const DENIED = 'new row violates row-level security policy';

/** What each operation answers: `ok`, or the message. */
const OPERATIONS: Record<string, (files: Files, name: string) => PromiseLike<{ error: { message: string } | null }>> = {
  read: (files, name) => files.download(name),
  info: (files, name) => files.info(name),
  sign: (files, name) => files.createSignedUrl(name, 60),
  overwrite: (files, name) => files.update(name, 'new'),
  move: (files, name) => files.move(name, `${name}.moved`),
  copy: (files, name) => files.copy(name, `${name}.copy`),
};

const CASES: readonly [who: 'ann' | 'ben' | 'anon', name: string, expected: Record<string, string>][] = [
  [
    'ben',
    `${ANN}/a.txt`,
    {
      read: 'Object not found',
      info: 'Object not found',
      sign: 'Object not found',
      overwrite: DENIED,
      move: 'Object not found',
      copy: 'Object not found',
    },
  ],
  [
    'anon',
    `${ANN}/a.txt`,
    {
      read: 'Object not found',
      info: 'Object not found',
      sign: 'Object not found',
      overwrite: DENIED,
      move: 'Object not found',
      copy: 'Object not found',
    },
  ],
  [
    'ben',
    'shared/s.txt',
    { read: 'ok', info: 'ok', sign: 'ok', overwrite: DENIED, move: 'Object not found', copy: DENIED },
  ],
  ['ann', `${ANN}/a.txt`, { read: 'ok', info: 'ok', sign: 'ok', overwrite: 'ok', copy: 'ok', move: 'ok' }],
];

for (const [who, name, expected] of CASES)
  test(`${who} and ${name.replace(ANN, '<ann>')}`, async () => {
    const storage = who === 'anon' ? s.anon : await s.user(who === 'ann' ? ANN : BEN);
    for (const [operation, answer] of Object.entries(expected)) {
      const { error } = await OPERATIONS[operation]!(storage.from('files'), name);
      assert.equal(error?.message ?? 'ok', answer, operation);
    }
  });

test('a list shows what the caller may see, and nothing of the rest', async () => {
  const names = async (storage: StorageServer['service'], folder = '') => {
    const { data } = await storage.from('files').list(folder);
    const { data: v2 } = await storage.from('files').listV2({ prefix: folder && `${folder}/`, with_delimiter: true });
    return [data?.map(({ name }) => name), [...v2!.folders, ...v2!.objects].length];
  };
  assert.deepEqual(await names(await s.user(BEN)), [[BEN, 'shared'], 2]);
  assert.deepEqual(await names(await s.user(BEN), ANN), [[], 0]);
  assert.deepEqual(
    (await s.anon.from('files').list('listed')).data?.map(({ name }) => name),
    ['l.txt'],
  );
  assert.equal((await s.anon.from('files').download('listed/l.txt')).error?.message, 'Object not found');
});

test('deleting takes what the caller may delete, and says so', async () => {
  const { data } = await (await s.user(BEN)).from('files').remove([`${BEN}/b.txt`, 'shared/s.txt']);
  assert.deepEqual(
    data?.map(({ name }) => name),
    [`${BEN}/b.txt`],
  );
  assert.equal((await s.service.from('files').download('shared/s.txt')).error, null);
});

test('who may only add needs no right to read, and does not overwrite', async () => {
  const files = s.anon.from('files');
  assert.equal((await files.upload('inbox/1', 'x')).error, null);
  assert.equal((await files.upload('inbox/1', 'y', { upsert: true })).error?.message, DENIED);
  assert.equal((await files.upload('inbox/1', 'y')).error?.message, 'The resource already exists');
  assert.equal((await files.upload('elsewhere/1', 'x')).error?.message, DENIED);
  assert.equal(await (await s.service.from('files').download('inbox/1')).data?.text(), 'x');
});

test('a refused upload is refused before its bytes, and leaves neither row nor bytes', async () => {
  const before = await s.storage.reconcile();
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 65_536;
      if (sent > 256 * 1024 * 1024) controller.error(new Error('the server reads on'));
      else controller.enqueue(new Uint8Array(65_536));
    },
  });
  const headers = { authorization: `Bearer ${s.anonKey}`, 'content-type': 'application/octet-stream' };
  const init = { method: 'POST', headers, body: endless, duplex: 'half' } as RequestInit;
  const answer = await fetch(`${s.url}/storage/v1/object/files/elsewhere/large`, init);
  assert.equal(((await answer.json()) as { message: string }).message, DENIED);
  const after = await s.storage.reconcile();
  assert.deepEqual([after.objects, after.blobs, after.removed], [before.objects, before.blobs, 0]);
});

test('a token that is none, is over or names an owner of schemas is refused', async () => {
  for (const [token, message] of [
    ['nonsense', /Invalid Compact JWS/],
    [await s.token({ role: 'service_role', exp: 1 }), /exp|expired|iat/],
    [await s.token({ role: 'supabase_storage_admin' }), /cannot be used/],
    [await s.token({ role: 'postgres' }), /cannot be used/],
    [`${s.serviceKey.slice(0, -4)}AAAA`, /signature/],
  ] as const) {
    const answer = await fetch(`${s.url}/storage/v1/bucket`, { headers: { authorization: `Bearer ${token}` } });
    const body = (await answer.json()) as { statusCode: string; error: string; message: string };
    assert.deepEqual([answer.status, body.statusCode, body.error], [400, '403', 'Unauthorized']);
    assert.match(body.message, message);
  }
});

test('triggers of the app see who did it', async () => {
  await s.db.sql(`
    create table public.seen (name text, who uuid);
    create function public.note() returns trigger language plpgsql as $$
    begin insert into public.seen values (new.name, auth.uid()); return new; end $$;
    create trigger note after insert on storage.objects for each row execute function public.note();
  `);
  await (await s.user(BEN)).from('files').upload(`${BEN}/noted`, 'x');
  assert.deepEqual(await s.db.sql('select * from public.seen'), [{ name: `${BEN}/noted`, who: BEN }]);
});
