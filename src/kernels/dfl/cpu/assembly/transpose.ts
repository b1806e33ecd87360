// Quads are computed with one distribution in each lane, so their logits are laid bin by bin.
import { area, largestOf, sheetOf, spreadOf } from './area';
import { K } from './capture';

/** Lays the logits at x of `quads` quads into the sheet; notes the largest of each lane, NaN passed over, and how far it is from the smallest. */
export function transpose(x: usize, quads: usize): void {
  const stride = K << 2;
  const fullBytes = (K >> 2) << 4;
  let out = area + sheetOf;
  let at = area;
  const last = at + (quads << 4);
  do {
    let x1 = x + stride;
    let x2 = x1 + stride;
    let x3 = x2 + stride;
    const endFull = x + fullBytes;
    const end = x1;
    let largest = f32x4.splat(-Infinity);
    let smallest = f32x4.splat(Infinity);
    while (x < endFull) {
      const a = v128.load(x);
      const b = v128.load(x1);
      const c = v128.load(x2);
      const d = v128.load(x3);
      const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      const r0 = v128.shuffle<i64>(ab, cd, 0, 2);
      const r1 = v128.shuffle<i64>(ab, cd, 1, 3);
      const r2 = v128.shuffle<i64>(ab2, cd2, 0, 2);
      const r3 = v128.shuffle<i64>(ab2, cd2, 1, 3);
      v128.store(out, r0);
      v128.store(out, r1, 16);
      v128.store(out, r2, 32);
      v128.store(out, r3, 48);
      largest = f32x4.pmax(f32x4.pmax(largest, r0), f32x4.pmax(f32x4.pmax(r1, r2), r3));
      smallest = f32x4.pmin(f32x4.pmin(smallest, r0), f32x4.pmin(f32x4.pmin(r1, r2), r3));
      x += 16;
      x1 += 16;
      x2 += 16;
      x3 += 16;
      out += 64;
    }
    while (x < end) {
      let r = v128.load32_zero(x);
      r = v128.load_lane<u32>(x1, r, 1);
      r = v128.load_lane<u32>(x2, r, 2);
      r = v128.load_lane<u32>(x3, r, 3);
      v128.store(out, r);
      largest = f32x4.pmax(largest, r);
      smallest = f32x4.pmin(smallest, r);
      x += 4;
      x1 += 4;
      x2 += 4;
      x3 += 4;
      out += 16;
    }
    v128.store(at, largest, largestOf);
    v128.store(at, f32x4.sub(largest, smallest), spreadOf);
    x = x3;
    at += 16;
  } while (at < last);
}
