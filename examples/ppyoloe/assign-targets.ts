// Which anchors learn which box: ATSS, PP-YOLOE's assigner of the first epochs (PaddleDetection ppdet/modeling/assigners/atss_assigner.py).
import { anchors, levelStarts } from './anchors.ts';
import type { AnnotatedImage, Box } from './scene.ts';

/** Index of the assigned box per anchor [A]; -1 where the anchor is background. */
export type Assignment = Int32Array;

const candidatesPerLevel = 9;
/** ATSS judges an anchor by a square of 5 strides around its centre. */
const anchorBoxStrides = 5;

export function assignAnchors(image: AnnotatedImage): Assignment {
  const assignment = new Int32Array(anchors.length).fill(-1);
  const bestOverlap = new Float64Array(anchors.length);
  image.boxes.forEach((box, index) => {
    const candidates = nearestAnchors(box);
    const overlaps = candidates.map((anchor) => intersectionOverUnion(anchorBox(anchor), box));
    const mean = overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
    const spread = Math.sqrt(
      overlaps.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / overlaps.length,
    );
    candidates.forEach((anchor, i) => {
      const overlap = overlaps[i] as number;
      if (overlap < mean + spread || !centreInside(anchor, box) || overlap <= (bestOverlap[anchor] as number)) return;
      assignment[anchor] = index;
      bestOverlap[anchor] = overlap;
    });
  });
  return assignment;
}

function nearestAnchors([x1, y1, x2, y2]: Box): number[] {
  const [centreX, centreY] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return levelStarts.slice(0, -1).flatMap((start, level) => {
    const indices = Array.from({ length: (levelStarts[level + 1] as number) - start }, (_, i) => start + i);
    const distance = (index: number) => {
      const { x, y, stride } = anchorAt(index);
      return (x * stride - centreX) * (x * stride - centreX) + (y * stride - centreY) * (y * stride - centreY);
    };
    return indices.sort((a, b) => distance(a) - distance(b) || a - b).slice(0, candidatesPerLevel);
  });
}

function anchorBox(index: number): Box {
  const { x, y, stride } = anchorAt(index);
  const half = (anchorBoxStrides * stride) / 2;
  return [x * stride - half, y * stride - half, x * stride + half, y * stride + half];
}

function centreInside(index: number, [x1, y1, x2, y2]: Box): boolean {
  const { x, y, stride } = anchorAt(index);
  return x * stride > x1 && x * stride < x2 && y * stride > y1 && y * stride < y2;
}

function anchorAt(index: number): { x: number; y: number; stride: number } {
  return anchors[index] as { x: number; y: number; stride: number };
}

export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const height = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const overlap = width * height;
  return overlap / (area(a) + area(b) - overlap + 1e-9);
}

function area([x1, y1, x2, y2]: Box): number {
  return (x2 - x1) * (y2 - y1);
}
