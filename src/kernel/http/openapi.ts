import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../version.ts';

export function openApiOptions(): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Freehold',
        version: VERSION,
        description: 'Made from the schemas that the routes validate with.',
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          key: {
            type: 'apiKey',
            in: 'header',
            name: 'x-api-key',
            description:
              'A key of an account, here or as `Authorization: Bearer <key>`, with the permission that is named.',
          },
        },
      },
    },
  };
}

/** GET /openapi.json: the routes mounted so far and later, as OpenAPI 3.1. */
export function mountOpenApi(app: FastifyInstance): void {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    reply.type('application/json; charset=utf-8').serializer(JSON.stringify);
    return app.swagger();
  });
}
