import Type from 'typebox';
import { REFUSED } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import { readJson } from '../http/json-body.ts';
import { ownerOf, type Scope } from '../parts.ts';
import { asCaller } from '../sessions.ts';
import { findObject, type ObjectAddress } from './object-row.ts';
import { addressesOf, requireWelcome, TRANSFER } from './transfer.ts';

const BODY = Type.Object(TRANSFER);

export async function moveObjectRoute(exchange: Exchange): Promise<{ message: string; Id: string; Key: string }> {
  const { from, to } = addressesOf(await readJson(exchange.request, BODY));
  const id = await moveObject(await exchange.scope(), from, to);
  return { message: 'Successfully moved', Id: id, Key: `${to.bucket}/${to.name}` };
}

/** Only the row changes: bytes are kept under their hash, whatever they are called. Throws NoSuchKey, KeyAlreadyExists, AccessDenied. */
async function moveObject(scope: Scope, from: ObjectAddress, to: ObjectAddress): Promise<string> {
  const source = await findObject(scope, from);
  await requireWelcome(scope.parts, source, to);
  const owner = ownerOf(scope.caller) ?? null;
  const moved = await asCaller(scope, (session) =>
    session.maybeOne<{ id: string }>(
      `update storage.objects set bucket_id = $3, name = $4, owner_id = coalesce($5, owner_id)
       where bucket_id = $1 and name = $2 returning id`,
      [from.bucket, from.name, to.bucket, to.name, owner],
    ),
  );
  // Seen but not changed: a policy lets the caller read it and no more.
  if (!moved) throw REFUSED.noSuchKey();
  return moved.id;
}
