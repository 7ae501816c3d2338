import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { Page } from 'playwright-core';
import type { FrontEnd } from './front-end.ts';
import type { Kurzora } from './server.ts';

export const PASSWORD = 'Secret-12';
export const newEmail = () => `${randomUUID()}@example.com`;

export const serviceOf = ({ url, serviceRoleKey }: Kurzora): SupabaseClient =>
  createClient(url, serviceRoleKey, { auth: { persistSession: false, autoRefreshToken: false } });

export interface Person {
  readonly page: Page;
  readonly id: string;
  readonly email: string;
}

/** Somebody new, signed in on this page or on one of his own. */
export async function signedUp(front: FrontEnd, given?: Page): Promise<Person> {
  const page = given ?? (await front.open());
  const email = newEmail();
  const made = await page.evaluate(([a, b]) => app.auth.signUp(a!, b!, 'Ada'), [email, PASSWORD]);
  assert.deepEqual([made.error, made.session], [null, true]);
  await page.waitForFunction(() => document.getElementById('state')!.textContent === 'signed in');
  return { page, id: made.id!, email };
}
