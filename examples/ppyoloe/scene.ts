// The data set of the simulated run: images of a few annotated boxes. Only what the loss needs: boxes, class ids, and pixels that lie
// around in device memory.
import { inputSize } from './anchors.ts';
import type { Random } from './random.ts';

/** [x1, y1, x2, y2] in pixels of the input. */
export type Box = readonly [number, number, number, number];

export interface AnnotatedImage {
  id: number;
  boxes: Box[];
  /** Class id of each box. */
  classes: number[];
}

/** `highestClass` is the largest class id the annotations use; the model knows ids below its num_classes. */
export function annotateImages(
  random: Random,
  count: number,
  highestClass: (imageIndex: number) => number,
): AnnotatedImage[] {
  return Array.from({ length: count }, (_, index) => {
    const boxes = Array.from({ length: random.integer(2, 3) }, () => placeBox(random));
    const top = highestClass(index);
    const classes = boxes.map((_, i) => (i === 0 ? top : random.integer(0, top)));
    return { id: random.integer(1_000, 9_999), boxes, classes };
  });
}

function placeBox(random: Random): Box {
  const width = random.between(28, 150);
  const height = random.between(28, 150);
  const x1 = random.between(0, inputSize - width);
  const y1 = random.between(0, inputSize - height);
  return [x1, y1, x1 + width, y1 + height];
}

/**
 * Writes pixels as the data loader leaves them on the device: 8-bit grey levels divided by 255, smooth shades with a little sensor noise.
 */
export function paintPixels(random: Random, into: Float32Array): void {
  let shade = random.between(40, 215);
  let slope = 0;
  for (let i = 0; i < into.length; i++) {
    if (i % 40 === 0) slope = random.between(-1.5, 1.5);
    if (i % 320 === 0) shade = random.between(40, 215);
    shade = Math.min(250, Math.max(5, shade + slope));
    into[i] = Math.round(shade + random.integer(-2, 2)) / 255;
  }
}
