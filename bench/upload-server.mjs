// Child process of capture-upload.ts: `bare` reads bodies in Fastify and discards them (POST /) or only makes them durable, a new file with
// fdatasync for each (POST /stored); `service` is the embedded service from dist/. Plain JavaScript, so that nothing but what users run is
// in the process. Its parent asks for memory and the stop over IPC.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fastify } from 'fastify';

const [kind] = process.argv.slice(2);
const server = kind === 'bare' ? await startBare() : await startService();

process.on('message', async (message) => {
  if (message === 'memory') {
    globalThis.gc?.();
    process.send?.(process.memoryUsage());
  }
  if (message === 'stop') {
    await server.stop();
    process.exit(0);
  }
});
process.send?.({ url: server.url });

async function startBare() {
  const app = fastify({ bodyLimit: 2 ** 30 });
  app.addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
  let files = 0;
  app.post('/stored', async (request, reply) => {
    const chunks = [];
    for await (const chunk of request.body) chunks.push(chunk);
    const file = await open(join(process.env.LOSSWATCH_DATA, `stored-${files++}`), 'wx');
    await file.writev(chunks);
    await file.datasync();
    await file.close();
    return reply.code(202).send({});
  });
  app.post('/*', async (request, reply) => {
    let bytes = 0;
    for await (const chunk of request.body) bytes += chunk.length;
    return reply.code(202).send({ bytes });
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, stop: () => app.close() };
}

async function startService() {
  const { startEmbedded } = await import('../dist/main/embedded.js');
  return startEmbedded({ env: process.env });
}
