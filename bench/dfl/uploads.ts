// Captures from HTTP to their stored analysis against a server that only reads the same bodies; what the API's callers feel meanwhile.
import { measureCaptureUpload } from '../capture-upload.ts';
import type { Section } from '../support/report.ts';

export async function measureUploads(quick: boolean): Promise<Section[]> {
  const figures = await measureCaptureUpload(quick ? { captures: 100, rounds: 3 } : {});
  const { latency, memoryMiB } = figures;
  return [
    {
      title: `Uploads of ${(figures.bytesPerCapture / 1e6).toFixed(2)} MB through to their analysis`,
      notes: [
        'Captures per second. "bare" reads the same bodies and throws them away; "stored" only makes them durable: a new file, fdatasync;',
        '"least" hashes them and writes them over old ones, one fdatasync for all that wait: what any content-addressed, durable store takes.',
      ],
      rows: figures.uploads.map(({ connections, bare, stored, least, answered, analysed, ratio, ...cpu }) => ({
        connections,
        bare,
        stored,
        least,
        answered,
        analysed,
        'analysed / bare': ratio,
        'analysed / stored': analysed / stored,
        'least / bare': least / bare,
        'CPU ms sender': cpu.senderCpuMs,
        'CPU ms bare': cpu.bareCpuMs ?? Number.NaN,
        'CPU ms least': cpu.leastCpuMs ?? Number.NaN,
        'CPU ms service': cpu.serviceCpuMs ?? Number.NaN,
      })),
    },
    {
      title: 'GET /v1/runs while captures are uploaded and analysed',
      notes: [],
      rows: Object.entries(latency).map(([when, { p50, p99 }]) => ({ when, 'p50 ms': p50, 'p99 ms': p99 })),
    },
    {
      title: 'Memory over a stream of concurrent captures',
      notes: ['Resident set of the service in MiB after a garbage collection: before, and after each third.'],
      rows: memoryMiB.map((MiB, third) => ({ third, MiB })),
    },
  ];
}
