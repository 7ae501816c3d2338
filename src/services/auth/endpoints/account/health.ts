import { Type } from 'typebox';
import { VERSION } from '#kernel/version.ts';
import { endpoint } from '../../http/endpoint.ts';

/** GET /health: the process answers; whether Postgres does is the server's own /health. */
export const health = endpoint('GET', '/health', 'public', Type.Object({}), async () => ({
  status: 200,
  body: { version: VERSION, name: 'GoTrue', description: 'GoTrue is a user registration and authentication API' },
}));
