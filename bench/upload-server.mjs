// Child process of capture-upload.ts: `bare` reads bodies in Fastify and discards them (POST /), only makes them durable, a new file with
// fdatasync for each (POST /stored), or does the least that content-addressed and durable storage could take (POST /least): hashes them and
// writes them over old ones in one file, with one fdatasync for all that wait; `service` is the embedded service from dist/. Plain JavaScript, so that nothing but what users run is
// in the process. Its parent asks for memory and the stop over IPC.
import { createHash } from 'node:crypto';
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
  const least = await openLeast(join(process.env.LOSSWATCH_DATA, 'least'));
  app.post('/least', async (request, reply) => {
    await least(request.body);
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

/** Slots of one file, overwritten again and again; memory for bodies is kept, too. */
async function openLeast(path) {
  const slotBytes = 1.25 * 2 ** 20;
  const slots = 128;
  const file = await open(path, 'wx+');
  for (let slot = 0; slot < slots; slot++) await file.write(Buffer.alloc(slotBytes, 1), 0, slotBytes, slot * slotBytes);
  await file.sync();
  const free = [];
  let next = 0;
  let syncing = Promise.resolve();
  let waiting = null;
  const syncAll = () => {
    // One that is under way may have begun before the caller's bytes were written: the next one holds for all who wait for it.
    waiting ??= syncing.then(() => {
      waiting = null;
      syncing = file.datasync();
      return syncing;
    });
    return waiting;
  };
  return async (body) => {
    const memory = free.pop() ?? Buffer.alloc(slotBytes);
    let bytes = 0;
    for await (const chunk of body) {
      memory.set(chunk, bytes);
      bytes += chunk.length;
    }
    const writing = file.write(memory, 0, bytes, (next++ % slots) * slotBytes);
    createHash('sha256').update(memory.subarray(0, bytes)).digest('hex');
    await writing;
    free.push(memory);
    await syncAll();
  };
}

async function startService() {
  const { startEmbedded } = await import('../dist/main/embedded.js');
  return startEmbedded({ env: process.env });
}
