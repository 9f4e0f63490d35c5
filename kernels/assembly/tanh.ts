/**
 * tanh by the rational approximation of Eigen (Eigen/src/Core/MathFunctionsImpl.h): x P(x²) / Q(x²).
 * Within 3e-7 of the true value.
 */
import { multiplyAdd } from "./arithmetic.ts";

// Eigen stops at 7.9, where a float32 is not yet 1. Here the approximation passes 1 by two roundings.
const LIMIT: f32 = 9.5;

export function tanh4(x: v128): v128 {
  const limit = f32x4.splat(LIMIT);
  // Bounds first: pmin and pmax give their first argument for a NaN, which must stay one.
  x = f32x4.pmax(f32x4.pmin(x, limit), f32x4.neg(limit));
  const square = f32x4.mul(x, x);
  let p = multiplyAdd(
    square,
    f32x4.splat(-2.76076847742355e-16),
    f32x4.splat(2.00018790482477e-13),
  );
  p = multiplyAdd(square, p, f32x4.splat(-8.60467152213735e-11));
  p = multiplyAdd(square, p, f32x4.splat(5.12229709037114e-08));
  p = multiplyAdd(square, p, f32x4.splat(1.48572235717979e-05));
  p = multiplyAdd(square, p, f32x4.splat(6.37261928875436e-04));
  p = multiplyAdd(square, p, f32x4.splat(4.89352455891786e-03));
  let q = multiplyAdd(square, f32x4.splat(1.19825839466702e-06), f32x4.splat(1.18534705686654e-04));
  q = multiplyAdd(square, q, f32x4.splat(2.26843463243900e-03));
  q = multiplyAdd(square, q, f32x4.splat(4.89352518554385e-03));
  const y = f32x4.div(f32x4.mul(x, p), q), one = f32x4.splat(1);
  return f32x4.pmax(f32x4.pmin(y, one), f32x4.neg(one));
}

export function tanh(x: f32): f32 {
  return f32x4.extract_lane(tanh4(f32x4.splat(x)), 0);
}
