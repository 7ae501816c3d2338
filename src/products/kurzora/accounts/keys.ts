import { hash, randomBytes } from 'node:crypto';
import type { ProductKeys, Route } from '#kernel/product.ts';
import { useApiKey } from '../queries/api-keys.ts';
import type { KurzoraServices } from '../services.ts';

const PREFIX = 'kz_';
const FORM = /^kz_[\w-]{32}$/;

export const newKey = (): string => `${PREFIX}${randomBytes(24).toString('base64url')}`;
/** 192 random bits need no slow hash. */
export const hashOf = (key: string): string => hash('sha256', key);

/** A person's own keys: a request that brings one runs as that person, under the same policies as one who signed in. */
export const apiKeys: ProductKeys<KurzoraServices> = {
  prefix: PREFIX,
  async find(key, { project }) {
    if (!FORM.test(key)) return undefined;
    const used = await project.database.asService((session) => useApiKey(session, hashOf(key), project.now()));
    if (!used) return undefined;
    const { id, user_id: sub, email, permissions, per_minute: perMinute } = used;
    const claims = { sub, email, role: 'authenticated', api_key: id };
    return { id, identity: { role: 'authenticated', claims }, permissions, perMinute };
  },
};

/** Routes that a key opens: one that may read, or one that may write where they change something. */
export const withKeys = (routes: readonly Route<KurzoraServices>[]): Route<KurzoraServices>[] =>
  routes.map((route) => ({ ...route, keys: route.method === 'GET' ? 'read' : 'write' }));
