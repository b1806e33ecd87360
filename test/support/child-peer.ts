// A child process that does what its request says; `calls` counts the requests this very process has had.
import { serveRequests } from '../../src/kernels/dfl/child-server.ts';
import { DflBackendError } from '../../src/kernels/dfl/contract.ts';

export type PeerRequest = 'exit' | 'throw' | 'hang' | 'refuse' | 'out-of-memory' | 'segfault' | 'environment' | object;

let calls = 0;
serveRequests((request: PeerRequest) => {
  calls++;
  if (request === 'exit') process.exit(3);
  if (request === 'throw') {
    setImmediate(() => {
      throw new Error('peer broke');
    });
    return new Promise(() => {});
  }
  if (request === 'hang') for (;;);
  if (request === 'refuse') throw new Error('bad request');
  if (request === 'out-of-memory') throw new DflBackendError('out-of-memory', 'no room');
  if (request === 'segfault') process.kill(process.pid, 'SIGSEGV');
  if (request === 'environment') {
    process.stderr.write('a library speaks\n');
    return { words: process.env.LOSSWATCH_TEST_WORDS };
  }
  return { request, calls };
});
