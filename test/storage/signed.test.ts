import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { jwtVerify } from 'jose';
import { type StorageServer, storageServer } from './storage-server.ts';

let s: StorageServer;
before(async () => {
  s = await storageServer();
  await s.service.createBucket('private');
  await s.service.createBucket('public', { public: true });
  for (const name of ['dir/a.txt', 'what? 100 #1 ü.txt']) {
    const { error } = await s.service
      .from('private')
      .upload(encodeURIComponent(name).replaceAll('%2F', '/'), `text of ${name}`);
    assert.equal(error, null);
  }
});
after(() => s[Symbol.asyncDispose]());

const bodyOf = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

test('a signed address is the client’s own with a token, and gives the bytes to anyone', async () => {
  const { data, error } = await s.service.from('private').createSignedUrl('dir/a.txt', 60);
  assert.equal(error, null);
  assert.ok(data?.signedUrl.startsWith(`${s.url}/storage/v1/object/sign/private/dir/a.txt?token=`));
  const answer = await fetch(data!.signedUrl);
  assert.equal(await answer.text(), 'text of dir/a.txt');
  assert.equal(answer.headers.get('content-disposition'), null);
});

test('a name with marks that end a path is signed and read', async () => {
  const name = 'what? 100 #1 ü.txt';
  const { data } = await s.service.from('private').createSignedUrls([name], 60);
  const url = data?.[0]?.signedUrl;
  assert.equal(await (await fetch(url!)).text(), `text of ${name}`);
});

test('a download name is what the file is saved as', async () => {
  const sign = async (download: string | true) => {
    const { data } = await s.service.from('private').createSignedUrl('dir/a.txt', 60, { download });
    assert.ok(data?.signedUrl.includes('&download='));
    return (await fetch(data!.signedUrl)).headers.get('content-disposition');
  };
  assert.equal(await sign(true), "attachment; filename=a.txt; filename*=UTF-8''a.txt");
  assert.equal(
    await sign('Bericht "1".txt'),
    "attachment; filename=Bericht%20%221%22.txt; filename*=UTF-8''Bericht%20%221%22.txt",
  );
});

test('many are signed at once, and what is not there has an error in its place', async () => {
  const { data } = await s.service.from('private').createSignedUrls(['dir/a.txt', 'gone.txt'], 60);
  assert.equal(data?.[0]?.error, null);
  assert.equal((await fetch(data![0]!.signedUrl!)).status, 200);
  assert.deepEqual(data?.[1], {
    error: 'Either the object does not exist or you do not have access to it',
    path: 'gone.txt',
    signedURL: null,
    signedUrl: null,
  });
});

test('signing what is not there is refused', async () => {
  const { error } = await s.service.from('private').createSignedUrl('gone.txt', 60);
  assert.deepEqual([error?.message, error?.statusCode], ['Object not found', '404']);
  assert.equal((await s.anon.from('private').createSignedUrl('dir/a.txt', 60)).error?.message, 'Object not found');
});

test('a token is good for its object, its time and its purpose only', async () => {
  const { data } = await s.service.from('private').createSignedUrl('dir/a.txt', 60);
  const token = new URL(data!.signedUrl).searchParams.get('token')!;
  const upload = await s.service.from('private').createSignedUploadUrl('dir/new.txt');
  const { payload } = await jwtVerify(token, Buffer.from('a secret of tests that is long enough for HS256'));
  assert.deepEqual([payload['url'], payload.exp! - payload.iat!], ['private/dir/a.txt', 60]);
  const expired = await s.token({ url: 'private/dir/a.txt', exp: 1 });
  const read = (path: string, given: string) => fetch(`${s.url}/storage/v1/object/sign/${path}?token=${given}`);
  for (const [path, given, code] of [
    ['private/what', token, 'InvalidSignature'],
    ['private/dir/new.txt', upload.data!.token, 'InvalidSignature'],
    ['private/dir/a.txt', `${token}x`, 'InvalidJWT'],
    ['private/dir/a.txt', '', 'InvalidJWT'],
    ['private/dir/a.txt', s.serviceKey, 'InvalidSignature'],
  ] as const) {
    const answer = await read(path, given);
    assert.equal(answer.status, 400);
    assert.equal((await bodyOf(answer))['code'], code, `${path} ${given.slice(0, 10)}`);
  }
  assert.equal((await bodyOf(await read('private/dir/a.txt', expired)))['code'], 'InvalidJWT');
  const put = await fetch(`${s.url}/storage/v1/object/upload/sign/private/dir/a.txt?token=${token}`, {
    method: 'PUT',
    body: 'x',
  });
  assert.equal((await bodyOf(put))['code'], 'InvalidSignature');
});

test('a signed upload works once, or again and again where it may replace', async () => {
  const files = s.service.from('private');
  const { data } = await files.createSignedUploadUrl('up/one.txt');
  assert.ok(data?.signedUrl.startsWith(`${s.url}/storage/v1/object/upload/sign/private/up/one.txt?token=`));
  assert.equal(data?.path, 'up/one.txt');
  const visitor = s.anon.from('private');
  const first = await visitor.uploadToSignedUrl('up/one.txt', data!.token, new Blob(['one']), {
    contentType: 'text/plain',
  });
  assert.deepEqual([first.error, first.data?.path, first.data?.fullPath], [null, 'up/one.txt', 'private/up/one.txt']);
  const second = await visitor.uploadToSignedUrl('up/one.txt', data!.token, 'two');
  assert.deepEqual(
    [second.error?.message, (second.error as { statusCode?: string })?.statusCode],
    ['The resource already exists', '409'],
  );
  const again = await files.createSignedUploadUrl('up/one.txt', { upsert: true });
  for (const text of ['two', 'three'])
    assert.equal((await visitor.uploadToSignedUrl('up/one.txt', again.data!.token, text)).error, null);
  assert.equal(await (await files.download('up/one.txt')).data?.text(), 'three');
});

test('who may not upload may not sign an upload, and the object belongs to who signed', async () => {
  const sub = '1b6a9c3e-25c8-4e61-8b3d-6a3c2f6b8f01';
  const user = await s.user(sub);
  const { error } = await user.from('private').createSignedUploadUrl('mine/x');
  assert.deepEqual(
    [error?.message, (error as { statusCode?: string })?.statusCode],
    ['new row violates row-level security policy', '403'],
  );
  await s.db.sql(
    `create policy p on storage.objects for insert to authenticated with check (name like 'mine/%' and owner_id = auth.uid()::text)`,
  );
  const { data } = await user.from('private').createSignedUploadUrl('mine/x');
  assert.equal((await s.anon.from('private').uploadToSignedUrl('mine/x', data!.token, 'x')).error, null);
  const [row] = await s.db.sql(`select owner::text, owner_id from storage.objects where name = 'mine/x'`);
  assert.deepEqual(row, { owner: sub, owner_id: sub });
});

test('the public address is read by anyone, and only of a public bucket', async () => {
  await s.service.from('public').upload('a b.txt', 'open');
  await s.service.from('private').upload('a b.txt', 'closed');
  const { publicUrl } = s.anon.from('public').getPublicUrl('a b.txt', { download: 'x.txt' }).data;
  const answer = await fetch(publicUrl);
  assert.equal(await answer.text(), 'open');
  assert.equal(answer.headers.get('content-disposition'), "attachment; filename=x.txt; filename*=UTF-8''x.txt");
  const closed = await fetch(s.anon.from('private').getPublicUrl('a b.txt').data.publicUrl);
  assert.equal(closed.status, 400);
  assert.deepEqual(await bodyOf(closed), {
    statusCode: '404',
    error: 'Bucket not found',
    message: 'Bucket not found',
    code: 'NoSuchBucket',
  });
});
