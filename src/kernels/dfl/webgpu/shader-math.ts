// exp and log1p in WGSL: its own exp may be off by 3 + 2|x| units in the last place, and it has no log1p.

/**
 * expOf: exp(x + rest), x in [-86, 0] and a tiny rest, as n ln 2 + r with |r| <= ln(2)/2, the Taylor series of exp(r) to r^7 (remainder below 6e-9), times 2^n by its
 * exponent bits. ln 2 is split so that n times its upper part is exact.
 *
 * log1pOf: s in [0, 255] as (1 + s) = 2^k m with m in [1/sqrt(2), sqrt(2)]; ln m = 2 artanh(q), q = (m - 1)/(m + 1), by its series to q^11
 * (remainder below 1e-10). A small s stays out of the sum 1 + s and keeps its digits. The quotient is corrected once: division may be off by
 * 2.5 units.
 */
export const shaderMath = /* wgsl */ `
fn expOf(x: f32, rest: f32) -> f32 {
  let n = floor(x * 1.4426950 + 0.5);
  let r = fma(n, 2.1219444e-4, fma(n, -0.693359375, x)) + rest;
  var p = fma(r, 1.0 / 5040.0, 1.0 / 720.0);
  p = fma(r, p, 1.0 / 120.0);
  p = fma(r, p, 1.0 / 24.0);
  p = fma(r, p, 1.0 / 6.0);
  p = fma(r, p, 0.5);
  p = fma(r, p, 1.0);
  p = fma(r, p, 1.0);
  return bitcast<f32>(bitcast<u32>(p) + bitcast<u32>(i32(n) << 23u));
}

fn log1pOf(s: f32) -> f32 {
  var numerator = s;
  var denominator = 2.0 + s;
  var k = 0.0;
  if (s > 0.41421356) {
    let bits = bitcast<u32>(1.0 + s);
    // Its exponent, or one more where the fraction is beyond sqrt(2).
    let exponent = i32((bits + 0x004afb0du) >> 23u) - 127;
    let m = bitcast<f32>(bits - bitcast<u32>(exponent << 23u));
    k = f32(exponent);
    numerator = m - 1.0;
    denominator = m + 1.0;
  }
  var q = numerator / denominator;
  q += fma(-q, denominator, numerator) / denominator;
  let square = q * q;
  var series = fma(square, 1.0 / 11.0, 1.0 / 9.0);
  series = fma(square, series, 1.0 / 7.0);
  series = fma(square, series, 1.0 / 5.0);
  series = fma(square, series, 1.0 / 3.0);
  return k * 0.69314718 + fma(2.0 * q * square, series, 2.0 * q);
}
`;
