// exp and log1p in WGSL: its own exp may be off by 3 + 2|x| units in the last place, and it has no log1p.

/**
 * termOf: exp(z - largest) but for a factor exp(-2 lower) that all terms of a distribution share, and (z - largest)/2 + lower. Everything is
 * halved, so that no difference overflows. exp(2 x) = 2^n exp(2 r), x = n ln(2)/2 + r with |r| <= ln(2)/4, and
 * exp(2 r) = 1 + 2 r + (2 r)^2 q(2 r), q of degree 4 through its values at 5 Chebyshev nodes (error below 1.1e-8).
 *
 * A rounded z - largest would cost a relative error of as many units as its size, so r is made without one: largest/2 = upper + lower with
 * upper a multiple of 2^-10, and so is n times the upper part of ln(2)/2, so that their sum is exact. Beyond 2^12 float32 itself is that
 * coarse, z/2 - largest/2 is exact where the term counts, and originOf takes the difference first. Terms below exp(-86) count as exp(-86).
 *
 * log1pOf: s in [0, 255] as (1 + s) = 2^k m with m in [1/sqrt(2), sqrt(2)]; ln m = 2 artanh(q), q = (m - 1)/(m + 1), by its series to q^11
 * (remainder below 1e-10). A small s stays out of the sum 1 + s and keeps its digits. The quotient is corrected once: division may be off by
 * 2.5 units.
 */
export const shaderMath = /* wgsl */ `
struct Origin {
  // Taken from z/2 first.
  base: f32,
  // What is then left of largest/2, less 43: nothing is taken for less.
  least: f32,
  // The rest of largest/2, in two.
  upper: f32,
  lower: f32,
  // The same rest in units of ln(2)/2.
  exponent: f32,
}

fn originOf(halfLargest: f32) -> Origin {
  let base = select(0.0, halfLargest, abs(halfLargest) >= 4096.0);
  let rest = halfLargest - base;
  let upper = floor(fma(rest, 1024.0, 0.5)) * 0.0009765625;
  return Origin(base, rest - 43.0, upper, rest - upper, rest * 2.8853901);
}

struct Term {
  exponential: f32,
  halfDifference: f32,
}

fn termOf(z: f32, origin: Origin) -> Term {
  let half = max(fma(0.5, z, -origin.base), origin.least);
  // Adding 1.5 * 2^23 rounds to an integer (to the nearest, as every device that passes the self-test does), which stands in the lowest bits.
  let shifted = bitcast<u32>(fma(half, 2.8853901, -origin.exponent) + 12582912.0);
  let n = f32(i32(shifted) - 0x4b400000);
  let r = fma(n, 1.0609722e-4, half - fma(n, 0.3466796875, origin.upper));
  var p = fma(r, 0.08912758, 0.26762173);
  p = fma(r, p, 0.6666649);
  p = fma(r, p, 1.3333261);
  p = fma(r, p, 2.0);
  p = fma(r, p, 2.0);
  p = fma(r, p, 1.0);
  return Term(bitcast<f32>(bitcast<u32>(p) + (shifted << 23u)), fma(n, 0.34657359, r));
}

/** exp(-2 x) for |x| <= 2^-11. */
fn factorOf(x: f32) -> f32 {
  return fma(x, fma(x, 2.0, -2.0), 1.0);
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
