// A server to be measured, in a process of its own: a script of ours, or the service from dist/.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Of the service that is measured. */
export const operatorToken = 'lw_bench_operator_token_0123456789abcdefghijk';

export interface ServerProcess {
  process: ChildProcess;
  /** The next message that nobody has waited for yet. @throws Error when the process ends instead. */
  receive<T>(): Promise<T>;
  /** Sends the message that asks the process to stop, and waits until it has. */
  stop(message: object | string): Promise<void>;
}

/** Environment of the service: a free port, a PostgreSQL of its own in `dataDir`, no bound on the rate. `BENCH_EXEC_ARGV` is added to Node's arguments. */
export function forkServer(script: URL, kind: string, dataDir: string): ServerProcess {
  const child = fork(fileURLToPath(script), [kind], {
    execArgv: ['--expose-gc', ...(process.env.BENCH_EXEC_ARGV?.split(' ') ?? [])],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      LOSSWATCH_DATA: dataDir,
      LOSSWATCH_PORT: '0',
      LOSSWATCH_ADMIN_TOKEN: operatorToken,
      LOSSWATCH_RATE_LIMIT: '10000000',
      LOSSWATCH_LOG_LEVEL: 'warn',
      DATABASE_URL: '',
      REDIS_URL: '',
    },
  });
  const waiting: { resolve: (message: never) => void; reject: (error: Error) => void }[] = [];
  child.on('message', (message) => waiting.shift()?.resolve(message as never));
  child.on('exit', () => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the server "${kind}" ended`));
  });
  return {
    process: child,
    receive: () => new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    async stop(message) {
      const ended = once(child, 'exit');
      child.send(message);
      await ended;
    },
  };
}
