// Bodies of 100 steps and 5 metrics, as a trainer with PyTorch sends them: losses of 32 bits, printed as the shortest decimals of their doubles,
// and a learning rate that falls along a cosine, with all digits. What a step says is drawn anew for each request from many steps printed
// before, and the texts have one length: so the points are no more alike than a trainer's, and the one who sends costs little.

export const stepsPerBody = 100;
const metrics = ['loss', 'loss_cls', 'loss_iou', 'loss_dfl', 'learning_rate'];
export const pointsPerBody = stepsPerBody * metrics.length;

/** Steps have nine digits from here on. */
const firstStep = 100_000_000;
/** Losses of steps, and learning rates, that are printed before. The latter come in order: none comes twice in a chunk of 65,536 points. */
const printedLosses = 16_384;
const printedRates = 65_536;
/** Characters of a loss, as most have, and of a learning rate. */
const lossLength = 18;
const rateLength = 20;

export interface Bodies {
  /** The next body of a run: steps go on where its last body ended. Valid until the next call. */
  next(run: number): Buffer;
}

/** `format` json for us, influx for line protocol (InfluxDB, VictoriaMetrics). */
export function makeBodies(format: 'json' | 'influx'): Bodies {
  const { bytes, places, runs } = makeTemplate(format);
  const ofLosses = Buffer.from(stepLosses.map((values) => fieldsOf(format, values)).join(''), 'latin1');
  const lossesLength = ofLosses.length / printedLosses;
  const random = lcg(1);
  const sent = new Map<number, number>();
  return {
    next(run) {
      const count = sent.get(run) ?? 0;
      sent.set(run, count + 1);
      for (const place of runs) write(bytes, place, run, 2);
      for (let i = 0; i < stepsPerBody; i++) {
        const { step, losses, rate } = places[i] as Template['places'][number];
        const at = count * stepsPerBody + i;
        write(bytes, step, firstStep + at, 9);
        const drawn = lossesLength * Math.floor(printedLosses * random());
        ofLosses.copy(bytes, losses, drawn, drawn + lossesLength);
        const own = rateLength * (at % printedRates);
        rates.copy(bytes, rate, own, own + rateLength);
      }
      return bytes;
    },
  };
}

function write(bytes: Buffer, place: number, value: number, digits: number): void {
  for (let rest = value, at = place + digits - 1; at >= place; at--, rest = Math.floor(rest / 10))
    bytes[at] = 48 + (rest % 10);
}

/** The parts and before them their sum. */
const stepLosses = printLosses();
const rates = printRates();

function printLosses(): string[][] {
  const random = lcg(2);
  const printed: string[][] = [];
  while (printed.length < printedLosses) {
    const parts = [1.2, 0.9, 0.7].map((level) => Math.fround(level * (0.9 + 0.2 * random())));
    const values = [Math.fround(parts.reduce((sum, part) => sum + part, 0)), ...parts].map(String);
    if (values.every(({ length }) => length === lossLength)) printed.push(values);
  }
  return printed;
}

function printRates(): Buffer {
  const values = Array.from({ length: printedRates }, (_, i) => {
    const rate = 1e-4 + 0.00495 * (1 + Math.cos((Math.PI * i) / printedRates));
    return rate.toFixed(rateLength - 2);
  });
  return Buffer.from(values.join(''), 'latin1');
}

/** The first metrics with these values. */
function fieldsOf(format: 'json' | 'influx', values: string[]): string {
  return values
    .map((value, i) => (format === 'json' ? `"${metrics[i]}":${value}` : `${metrics[i]}=${value}`))
    .join(',');
}

interface Template {
  bytes: Buffer;
  /** Of each step, where its nine digits, its losses and its learning rate begin. */
  places: { step: number; losses: number; rate: number }[];
  /** In line protocol, where each run's two digits begin. */
  runs: number[];
}

function makeTemplate(format: 'json' | 'influx'): Template {
  const rate = '~'.repeat(rateLength);
  const losses = stepLosses[0] as string[];
  const fields = fieldsOf(format, [...losses, rate]);
  const line =
    format === 'json' ? `{"step":${firstStep},"values":{${fields}}}` : `run,id=r00 ${fields} 1764${firstStep}000000`;
  const lines = Array.from({ length: stepsPerBody }, () => line);
  const text = format === 'json' ? `{"points":[${lines.join(',')}]}` : lines.join('\n');
  const [ofLosses, ofRates] = [placesOf(text, fieldsOf(format, losses)), placesOf(text, rate)];
  return {
    bytes: Buffer.from(text),
    places: placesOf(text, String(firstStep)).map((step, i) => ({
      step,
      losses: ofLosses[i] as number,
      rate: ofRates[i] as number,
    })),
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
