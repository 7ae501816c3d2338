import Type from 'typebox';
import { assertOr } from '#kernel/errors.ts';
import { defineRoute } from '#kernel/product.ts';
import { addDevice, removeDevice } from '../../queries/notifications.ts';
import type { KurzoraServices } from '../../services.ts';

const Key = (bytes: number) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]+=*$', minLength: Math.ceil((bytes * 4) / 3), maxLength: 200 });

/** A PushSubscription as the browser's toJSON gives it. */
const add = {
  body: Type.Object({
    endpoint: Type.String({ minLength: 12, maxLength: 2048 }),
    keys: Type.Object({ p256dh: Key(65), auth: Key(16) }),
  }),
  response: Type.Object({ id: Type.String() }),
};

export const addDeviceRoute = defineRoute<KurzoraServices, typeof add>({
  method: 'POST',
  url: '/api/v1/notifications/devices',
  scope: 'signed-in',
  status: 201,
  summary: 'Lets this browser be pushed alerts',
  schema: add,
  async handle({ project, identity, body: { endpoint, keys }, client }) {
    assertOr(
      isPushService(endpoint, project.config.mode === 'production'),
      'VALIDATION_ERROR',
      'the endpoint must be that of a push service: https, on a public host',
    );
    const userId = String(identity.claims['sub']);
    const device = { userId, endpoint, ...keys, userAgent: client.userAgent.slice(0, 500) };
    return { id: await project.database.asService((session) => addDevice(session, device)) };
  },
});

/** We will call this address: names of the public internet only, so that nobody has us knock inside the house. */
function isPushService(endpoint: string, production: boolean): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, port } = new URL(endpoint);
  if (!production && hostname === '127.0.0.1') return protocol === 'http:' || protocol === 'https:';
  // An address of digits has no last label of letters.
  return (
    protocol === 'https:' &&
    port === '' &&
    /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(hostname) &&
    !/\.(local|internal|localhost|lan|home)$/.test(hostname)
  );
}

const remove = {
  params: Type.Object({ token: Type.String({ minLength: 1, maxLength: 2048 }) }),
  response: Type.Object({ count: Type.Integer() }),
};

export const removeDeviceRoute = defineRoute<KurzoraServices, typeof remove>({
  method: 'DELETE',
  url: '/api/v1/notifications/devices/:token',
  scope: 'signed-in',
  summary: 'Ends pushes to a browser, by its id or endpoint',
  schema: remove,
  async handle({ params: { token }, as }) {
    const count = await as((session) => removeDevice(session, token));
    assertOr(count > 0, 'NOT_FOUND', 'there is no such device');
    return { count };
  },
});
