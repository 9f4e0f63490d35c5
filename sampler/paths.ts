/** Ways through latent space that pass given points. Pure functions of Float32Arrays. */

/** What lies a share `t` of the way from `a` to `b`: `lerp` or `slerp` of latent.ts. */
export type Between = (a: Float32Array, b: Float32Array, t: number) => Float32Array;

/**
 * The point of a sheet between four corners, a and b above, c and d below: along the upper and the
 * lower edge by `t`, then down between the two by `v`. With `lerp` it is bilinear interpolation; with
 * `slerp`, its counterpart on the sphere.
 */
export function sheet(
  [a, b, c, d]: readonly [Float32Array, Float32Array, Float32Array, Float32Array],
  t: number,
  v: number,
  between: Between,
): Float32Array {
  if (v === 0) return between(a, b, t);
  return between(between(a, b, t), between(c, d, t), v);
}

/**
 * A smooth way through points: at a whole number `position` it is at `pointAt(position)`, and neither
 * its direction nor its speed jumps there. Between, Catmull and Rom's spline (1974),
 *
 *   ½ [2p₁ + (p₂ − p₀)s + (2p₀ − 5p₁ + 4p₂ − p₃)s² + (3p₁ − p₀ − 3p₂ + p₃)s³],
 *
 * of the points gives the direction, and that of their lengths the length: the first alone would cut
 * towards the mean, where hardly any latent vector of training ever was.
 */
export function spline(pointAt: (index: number) => Float32Array, position: number): Float32Array {
  const index = Math.floor(position);
  const s = position - index;
  const points = [-1, 0, 1, 2].map((offset) => pointAt(index + offset));
  if (s === 0) return points[1].slice();
  const between = (p0: number, p1: number, p2: number, p3: number) =>
    0.5 * (2 * p1 + (p2 - p0) * s + (2 * p0 - 5 * p1 + 4 * p2 - p3) * s ** 2 +
      (3 * p1 - p0 - 3 * p2 + p3) * s ** 3);
  const [p0, p1, p2, p3] = points;
  const z = p1.map((value, i) => between(p0[i], value, p2[i], p3[i]));
  const [l0, l1, l2, l3] = points.map((p) => Math.hypot(...p));
  const length = Math.hypot(...z);
  return length === 0 ? z : z.map((value) => value * between(l0, l1, l2, l3) / length);
}

/** The same on a closed way through `points`, whose end is its beginning: `phase` 0 and 1 are the first point. */
export function loop(points: readonly Float32Array[], phase: number): Float32Array {
  const { length } = points;
  const pointAt = (index: number) => points[((index % length) + length) % length];
  return spline(pointAt, phase * length);
}
