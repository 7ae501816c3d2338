import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { assertOr, Refusal } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { StorageError } from '#services/storage/api.ts';
import { ownAccount } from '../../accounts/account-service.ts';
import { caller } from '../../accounts/caller.ts';
import { Account } from '../../accounts/contract.ts';
import { changeProfile } from '../../queries/accounts.ts';
import { type PictureType, pictureType } from '../../rules/picture-type.ts';
import type { KurzoraServices } from '../../services.ts';

const BUCKET = 'avatars';
const MAXIMUM_BYTES = 2_097_152;
/** Boundaries and headers of a form around the picture. */
const FORM_BYTES = 65_536;
const ENDING: Readonly<Record<PictureType, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' };

const post = { body: Type.Unknown(), response: Account };

export const postAvatarRoute = defineRoute<KurzoraServices, typeof post>({
  method: 'POST',
  url: '/api/v1/user/profile/avatar',
  scope: 'signed-in',
  summary: 'A picture of oneself: JPEG, PNG or WebP up to 2 MB, as the body or as the file of a form',
  schema: post,
  rawBody: true,
  bodyLimit: MAXIMUM_BYTES + FORM_BYTES,
  async handle(context) {
    const { identity, services } = context;
    const bytes = await pictureOf(context.body as Buffer | undefined, String(context.headers['content-type'] ?? ''));
    assertOr(bytes.length <= MAXIMUM_BYTES, 'PAYLOAD_TOO_LARGE', 'A picture may have 2 MB');
    const type = pictureType(bytes);
    assertOr(type, 'UNSUPPORTED_MEDIA_TYPE', 'A picture is a JPEG, PNG or WebP');
    assertOr(services.files, 'UNAVAILABLE', 'Pictures are not kept here');
    const userId = caller(context);
    // A new name each time: no cache shows the old picture.
    const name = `${userId}/${randomUUID()}.${ENDING[type]}`;
    const avatarUrl = await refusing(services.files.put(identity, { bucket: BUCKET, name }, { type, bytes }));
    const account = await context.as(async (session) => {
      await changeProfile(session, userId, { avatarUrl });
      return ownAccount(session, userId);
    });
    await refusing(services.files.removeBelow(identity, BUCKET, `${userId}/`, name));
    return account;
  },
});

/** The bytes themselves, or those of the first file in a form. */
async function pictureOf(body: Buffer | undefined, type: string): Promise<Buffer> {
  assertOr(body && body.length > 0, 'VALIDATION_ERROR', 'The picture is missing');
  if (!/^multipart\/form-data\b/i.test(type)) return body;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch(() => null);
  assertOr(form, 'VALIDATION_ERROR', 'The form cannot be read');
  const file = [...form.values()].find((value) => value instanceof File);
  assertOr(file, 'VALIDATION_ERROR', 'The form has no file');
  return Buffer.from(await file.arrayBuffer());
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof StorageError)) throw error;
    const options = { cause: error };
    if (error.status === 413) throw new Refusal('PAYLOAD_TOO_LARGE', 'A picture may have 2 MB', options);
    if (error.status === 415) throw new Refusal('UNSUPPORTED_MEDIA_TYPE', error.message, options);
    if (error.status === 403) throw new Refusal('FORBIDDEN', 'You may not do this', options);
    throw error;
  });
}

const none = { response: Account };

export const deleteAvatarRoute = defineRoute<KurzoraServices, typeof none>({
  method: 'DELETE',
  url: '/api/v1/user/profile/avatar',
  scope: 'signed-in',
  summary: 'No picture any more: its files go, too',
  schema: none,
  async handle(context) {
    const userId = caller(context);
    const account = await context.as(async (session) => {
      await changeProfile(session, userId, { avatarUrl: null });
      return ownAccount(session, userId);
    });
    const { files } = context.services;
    if (files) await refusing(files.removeBelow(context.identity, BUCKET, `${userId}/`));
    return account;
  },
});
