// Thread of capture-upload.ts: one GET after the other until told to stop, then posts the times in ms.
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { url, token } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const times = [];
let isStopped = false;
parentPort.on('message', () => {
  isStopped = true;
});

function ask() {
  return new Promise((resolve, reject) => {
    const sent = get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    sent.on('error', reject);
  });
}

await ask();
parentPort.postMessage('ready');
while (!isStopped) {
  const started = performance.now();
  await ask();
  times.push(performance.now() - started);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
agent.destroy();
parentPort.postMessage(times);
