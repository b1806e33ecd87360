// Sends bodies over keep-alive connections on raw sockets: a client that costs little beside what it measures.
import { connect, type Socket } from 'node:net';
import type { Bodies } from './bodies.ts';

export interface Target {
  host: string;
  port: number;
  /** Of a run's points. */
  path: (run: number) => string;
  headers: Record<string, string>;
  bodies: Bodies;
}

interface Connection {
  post(run: number): Promise<void>;
  close(): void;
}

/** Posts one after the other on each of `connections`, each for a run of its own, for so long. Answers how many were accepted. */
export async function saturate(
  target: Target,
  connections: number,
  seconds: number,
): Promise<{ requests: number; seconds: number }> {
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(target)));
  const started = performance.now();
  const end = started + 1_000 * seconds;
  let requests = 0;
  await Promise.all(
    open.map(async (connection, run) => {
      while (performance.now() < end) {
        await connection.post(run);
        requests += 1;
      }
    }),
  );
  const taken = (performance.now() - started) / 1_000;
  for (const connection of open) connection.close();
  return { requests, seconds: taken };
}

/** Posts at even moments, `rate` a second, whatever the answers take. Answers the time of each from its moment on, in ms. */
export async function pace(target: Target, connections: number, rate: number, seconds: number): Promise<number[]> {
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(target)));
  const total = Math.round(rate * seconds);
  const times: number[] = [];
  const started = performance.now();
  let next = 0;
  await Promise.all(
    open.map(async (connection, run) => {
      while (next < total) {
        const due = started + (1_000 * next++) / rate;
        const early = due - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        await connection.post(run);
        times.push(performance.now() - due);
      }
    }),
  );
  for (const connection of open) connection.close();
  return times;
}

async function openConnection({ host, port, path, headers, bodies }: Target): Promise<Connection> {
  const socket = connect({ host, port, noDelay: true });
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const answers = readAnswers(socket);
  const heads = new Map<string, string>();
  const headOf = (run: number, length: number) => {
    const key = `${run} ${length}`;
    let head = heads.get(key);
    if (head === undefined) {
      const lines = Object.entries({ ...headers, host: `${host}:${port}`, 'content-length': length }).map(
        ([name, value]) => `${name}: ${value}\r\n`,
      );
      head = `POST ${path(run)} HTTP/1.1\r\n${lines.join('')}\r\n`;
      heads.set(key, head);
    }
    return head;
  };
  return {
    async post(run) {
      const body = bodies.next(run);
      const answer = answers.next();
      socket.cork();
      socket.write(headOf(run, body.length), 'latin1');
      // The buffer is written anew for the next request, perhaps before this one has left.
      socket.write(Buffer.from(body));
      socket.uncork();
      const { status, text } = await answer;
      if (status < 200 || status > 299) throw new Error(`the server answered ${status}: ${text.slice(0, 500)}`);
    },
    close: () => socket.destroy(),
  };
}

/** Answers of one connection, one at a time; each has a Content-Length or none and no body. */
function readAnswers(socket: Socket): { next(): Promise<{ status: number; text: string }> } {
  let received = '';
  let waiting: { resolve: (answer: { status: number; text: string }) => void; reject: (error: Error) => void } | null =
    null;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/content-length: *(\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    const answer = { status: Number(received.slice(9, 12)), text: received.slice(end + 4) };
    received = '';
    const { resolve } = waiting ?? {};
    waiting = null;
    resolve?.(answer);
  });
  socket.on('error', (error) => waiting?.reject(error));
  socket.on('close', () => waiting?.reject(new Error('the server closed the connection')));
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
      }),
  };
}
