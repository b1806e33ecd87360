// The description of this API, made from the schemas the routes are checked by, and a page to read it and try it out.
import fastifySwagger from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Register before the routes. */
export async function registerOpenapi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Losswatch',
        version: '1',
        description: 'Watches deep-learning training runs and explains why they break.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
  });
  await app.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    /** No request to another host, and nothing kept in the browser. */
    uiConfig: { validatorUrl: null, persistAuthorization: false, docExpansion: 'list', tryItOutEnabled: true },
    /** Its code makes a style element that no nonce reaches; this page only (docs/decisions/0011). */
    transformStaticCSP: (policy) => policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
    theme: { title: 'Losswatch API' },
  });
  app.get(
    '/openapi.json',
    {
      config: { access: 'public' },
      schema: {
        tags: ['health'],
        summary: 'This description',
        security: [],
        response: { 200: { type: 'object', additionalProperties: true } },
      },
    },
    async () => app.swagger(),
  );
}
