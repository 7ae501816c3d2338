import { NOBODY } from '../http/caller.ts';
import type { Exchange } from '../http/exchange.ts';
import { requireName } from './names.ts';
import { findObjectAsOwner, findReadable, type ObjectAddress } from './object-row.ts';
import { sendObject } from './send-object.ts';
import { signedAddress } from './signed-address.ts';

export function addressOf({ params }: Exchange): ObjectAddress {
  return { bucket: params['bucket']!, name: requireName(params['name']!) };
}

/** GET and HEAD of /object/:bucket/* and /object/authenticated/:bucket/* */
export async function readObjectRoute(exchange: Exchange): Promise<undefined> {
  await sendObject(exchange, await findReadable(await exchange.scope(), addressOf(exchange), false));
  return undefined;
}

/** Only of public buckets; who asks is not looked at. */
export async function readPublicObjectRoute(exchange: Exchange): Promise<undefined> {
  await sendObject(exchange, await findReadable(await exchange.scope(NOBODY), addressOf(exchange), true));
  return undefined;
}

export async function readSignedObjectRoute(exchange: Exchange): Promise<undefined> {
  const { at } = await signedAddress(exchange);
  await sendObject(exchange, await findObjectAsOwner(exchange, at));
  return undefined;
}
