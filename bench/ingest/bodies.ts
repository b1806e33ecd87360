// Bodies of 100 steps and 5 metrics, as a trainer with PyTorch sends them: values of 32 bits, printed as the shortest decimals of their doubles.
// A body is made once and only its steps are written anew for each request, so that the one who sends costs little.

export const stepsPerBody = 100;
export const metrics = ['loss', 'loss_cls', 'loss_iou', 'loss_dfl', 'learning_rate'];
export const pointsPerBody = stepsPerBody * metrics.length;

/** Steps have nine digits from here on. */
const firstStep = 100_000_000;
const templates = 32;

export interface Bodies {
  /** The next body of a run: steps go on where its last body ended. Valid until the next call. */
  next(run: number): Buffer;
}

/** `format` json for us, influx for line protocol (InfluxDB, VictoriaMetrics). */
export function makeBodies(format: 'json' | 'influx'): Bodies {
  const made = Array.from({ length: templates }, (_, seed) => makeTemplate(format, seed));
  const sent = new Map<number, number>();
  return {
    next(run) {
      const count = sent.get(run) ?? 0;
      sent.set(run, count + 1);
      const { bytes, steps, runs } = made[(run + count) % templates] as Template;
      for (const place of runs) write(bytes, place, run, 2);
      for (let i = 0; i < stepsPerBody; i++) write(bytes, steps[i] as number, firstStep + count * stepsPerBody + i, 9);
      return bytes;
    },
  };
}

function write(bytes: Buffer, place: number, value: number, digits: number): void {
  for (let rest = value, at = place + digits - 1; at >= place; at--, rest = Math.floor(rest / 10))
    bytes[at] = 48 + (rest % 10);
}

interface Template {
  bytes: Buffer;
  /** Where each step's nine digits begin, and, in line protocol, each run's two. */
  steps: number[];
  runs: number[];
}

function makeTemplate(format: 'json' | 'influx', seed: number): Template {
  const random = lcg(seed + 1);
  const rows = Array.from({ length: stepsPerBody }, () => {
    const parts = [1.2, 0.9, 0.7].map((level) => Math.fround(level * (0.9 + 0.2 * random())));
    const [cls = 0, iou = 0, dfl = 0] = parts;
    return [Math.fround(cls + iou + dfl), cls, iou, dfl, 0.01];
  });
  const lines = rows.map((values) =>
    format === 'json'
      ? `{"step":${firstStep},"values":{${metrics.map((name, i) => `"${name}":${values[i]}`).join(',')}}}`
      : `run,id=r00 ${metrics.map((name, i) => `${name}=${values[i]}`).join(',')} 1764${firstStep}000000`,
  );
  const text = format === 'json' ? `{"points":[${lines.join(',')}]}` : lines.join('\n');
  return {
    bytes: Buffer.from(text),
    steps: placesOf(text, String(firstStep)),
    runs: placesOf(text, 'r00').map((place) => place + 1),
  };
}

function placesOf(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) places.push(at);
  return places;
}

function lcg(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
