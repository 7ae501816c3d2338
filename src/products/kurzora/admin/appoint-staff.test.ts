import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OperatorError, type Refusal } from '#kernel/errors.ts';
import type { Project } from '#kernel/product.ts';
import { staffCommand } from '../commands/staff.ts';
import type { StaffMember } from '../queries/appoint-staff.ts';
import { asAnyStaff, type StaffContext } from './as-staff.ts';
import { type TestStaff, testStaff } from './test-staff.ts';

let it: TestStaff;
before(async () => {
  it = await testStaff();
});
after(() => it?.[Symbol.asyncDispose]());

const rows = <T extends object>(sql: string, values: unknown[] = []) => it.market.db.sql<T>(sql, values);
const emailOf = async (id: string) =>
  (await rows<{ email: string }>('select email from public.users where id = $1', [id]))[0]!.email;

test('a role of staff is given by who manages staff, holds at once, and is written down with its reason', async () => {
  const [boss, admin, person] = [await it.person('super_admin'), await it.person('admin'), await it.person()];
  const path = `admin/users/${person.id}/staff`;
  assert.equal((await admin.call('PUT', path, { role: 'support' })).status, 403);
  assert.equal((await person.call('GET', 'admin/me')).status, 403);
  assert.equal((await boss.call('PUT', path, { role: 'support', reason: 'joins the desk' })).status, 200);
  assert.equal((await person.call('GET', 'admin/me')).body.data.role, 'support');
  assert.equal((await boss.call('GET', `admin/users/${person.id}`)).body.data.staffRole, 'support');
  assert.equal((await boss.call('PUT', path, { role: null })).status, 200);
  assert.equal((await person.call('GET', 'admin/me')).status, 403);
  assert.deepEqual(
    await rows(
      'select action, new_values, reason from public.user_management_audit where target_user_id = $1 order by created_at',
      [person.id],
    ),
    [
      { action: 'appoint_staff', new_values: { staff: 'support' }, reason: 'joins the desk' },
      { action: 'dismiss_staff', new_values: { staff: null }, reason: null },
    ],
  );
});

test('nobody changes his own role, and a super admin always remains', async () => {
  const [first, second] = [await it.person('super_admin'), await it.person('super_admin')];
  assert.equal((await first.call('PUT', `admin/users/${first.id}/staff`, { role: 'analyst' })).status, 409);
  await rows('delete from public.admin_users where id <> all ($1)', [[first.id, second.id]]);
  const both = await Promise.all([
    first.call('PUT', `admin/users/${second.id}/staff`, { role: null }),
    second.call('PUT', `admin/users/${first.id}/staff`, { role: null }),
  ]);
  const left = await rows("select from public.admin_users where admin_role = 'super_admin'");
  assert.equal(left.length, 1, JSON.stringify(both.map(({ status }) => status)));
});

test('whom ADMIN_BOOTSTRAP_EMAIL names is the first super admin: with a confirmed address, and while there is none', async () => {
  await rows('delete from public.admin_users');
  const [named, other, later] = [await it.person(), await it.person(), await it.person()];
  const arrive = async (id: string, adminBootstrapEmail: string, claimed = adminBootstrapEmail) => {
    const context = {
      identity: { role: 'authenticated', claims: { sub: id, email: claimed } },
      project: { database: it.market.db.database, config: { adminBootstrapEmail } },
    } as unknown as StaffContext;
    return asAnyStaff(context, async (_session, { role }) => role).catch((error: Refusal) => error.code);
  };
  const email = await emailOf(named.id);
  assert.equal(await arrive(named.id, email), 'FORBIDDEN', 'an address that nobody confirmed');
  await rows('update public.users set email_verified = true');
  assert.equal(await arrive(named.id, email, 'else@example.com'), 'FORBIDDEN', 'a token of another address');
  assert.equal(await arrive(other.id, email, email), 'FORBIDDEN', 'a claim that the account does not bear out');
  assert.equal(await arrive(named.id, email), 'super_admin');
  assert.equal(await arrive(later.id, await emailOf(later.id)), 'FORBIDDEN', 'there is one already');
});

/** What the command answers. */
async function staff(args: string[], options: Record<string, string | boolean> = {}): Promise<StaffMember[]> {
  const answers: unknown[] = [];
  const output = {
    json: true,
    result: (value: unknown) => void answers.push(value),
    note: () => {},
    progress: () => ({ advance: () => {}, done: () => {} }),
  };
  const project = { database: it.market.db.database } as Project;
  await staffCommand.run(
    { args, options },
    { project, services: undefined as never, output, signal: new AbortController().signal },
  );
  return answers[0] as StaffMember[];
}

test('the command lists the staff, appoints and dismisses, and says what it does not know', async () => {
  await rows('delete from public.admin_users');
  const person = await it.person();
  const email = await emailOf(person.id);
  assert.deepEqual(await staff([]), []);
  assert.deepEqual(
    (await staff([email.toUpperCase()], { role: 'super_admin' })).map(({ id, role }) => [id, role]),
    [[person.id, 'super_admin']],
  );
  assert.deepEqual(await staff([email], { remove: true }), []);
  await assert.rejects(staff(['nobody@example.com'], { role: 'admin' }), OperatorError);
  await assert.rejects(staff([email], { role: 'king' }), OperatorError);
  await assert.rejects(staff([email]), OperatorError);
});
