// Arithmetic on the four float32 lanes of a vector.

/** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
export const MAGIC: f32 = 12582912;
export const FLOAT_MAX: f32 = 3.4028235e38;
const LN2: f32 = 0.693147182;
/** a * b + c, with one rounding where the engine has relaxed SIMD. */
// @ts-ignore: decorator
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * log(total) for total = m + rest rounded, m >= 1, rest >= 0, with `lost` what the rounding lost and `inverse` = 1 / total: as exact for a
 * small log (m = 1, tiny rest) as for a large one.
 */
// @ts-ignore: decorator
@inline
export function logOfSum(total: v128, lost: v128, inverse: v128): v128 {
  // total = 2^e * (1 + f), f in [sqrt(1/2) - 1, sqrt(2) - 1]
  const e = i32x4.shr_s(i32x4.sub(total, i32x4.splat(0x3f3504f3)), 23);
  const f = f32x4.sub(i32x4.sub(total, i32x4.shl(e, 23)), f32x4.splat(1));
  let p = fma(f32x4.splat(0.08700434118509293), f, f32x4.splat(-0.14267490804195404));
  p = fma(p, f, f32x4.splat(0.14914768934249878));
  p = fma(p, f, f32x4.splat(-0.1657758355140686));
  p = fma(p, f, f32x4.splat(0.19963063299655914));
  p = fma(p, f, f32x4.splat(-0.2500133812427521));
  p = fma(p, f, f32x4.splat(0.3333390951156616));
  const square = f32x4.mul(f, f);
  const small = f32x4.add(f, fma(f32x4.mul(square, f), p, f32x4.mul(square, f32x4.splat(-0.5))));
  return fma(f32x4.convert_i32x4_s(e), f32x4.splat(LN2), fma(lost, inverse, small));
}

/** The four float32 lanes as two float64 sums. */
// @ts-ignore: decorator
@inline
export function widen(lanes: v128): v128 {
  return f64x2.add(
    f64x2.promote_low_f32x4(lanes),
    f64x2.promote_low_f32x4(v128.shuffle<i64>(lanes, lanes, 1, 1)),
  );
}

/** All ones in the first `present` lanes. */
export function firstLanes(present: usize): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(<i32>present));
}
