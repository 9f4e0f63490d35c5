import assert from "node:assert/strict";
import { latent, lerp, slerp } from "../../sampler/latent.ts";
import { loop, sheet, spline } from "../../sampler/paths.ts";

const near = (found: Float32Array, expected: readonly number[], tolerance = 1e-6) =>
  expected.forEach((value, i) =>
    assert.ok(Math.abs(found[i] - value) <= tolerance, `${found} is not ${expected}`)
  );

Deno.test("sheet() with lerp is bilinear interpolation, worked by hand", () => {
  const corners = [[0, 8], [4, 8], [0, 0], [8, 0]].map((p) => Float32Array.from(p));
  const [a, b, c, d] = corners;
  // Above at a quarter: (1, 8); below: (2, 0); half way down between them: (1.5, 4).
  near(sheet([a, b, c, d], 0.25, 0.5, lerp), [1.5, 4]);
});

Deno.test("sheet() with slerp keeps to the sphere that its corners lie on", () => {
  const corners = [[3, 0, 0], [0, 3, 0], [0, 0, 3], [-3, 0, 0]].map((p) => Float32Array.from(p));
  const [a, b, c, d] = corners;
  for (const [t, v] of [[0.2, 0.7], [0.5, 0.5], [1, 0.3]]) {
    assert.ok(Math.abs(Math.hypot(...sheet([a, b, c, d], t, v, slerp)) - 3) < 1e-5);
  }
  near(sheet([a, b, c, d], 0.5, 0, slerp), [3 * Math.SQRT1_2, 3 * Math.SQRT1_2, 0]);
});

Deno.test("spline() half way between two of four points has Catmull and Rom's direction and length", () => {
  const points = [[0, 2], [3, 0], [0, 5], [-1, 0]].map((p) => Float32Array.from(p));
  const z = spline((index) => points[index + 1], 0.5);
  // (−p₀ + 9p₁ + 9p₂ − p₃)/16 = (28, 43)/16, made (−2 + 9·3 + 9·5 − 1)/16 long.
  const scale = 69 / 16 / Math.hypot(28, 43);
  near(z, [28 * scale, 43 * scale]);
});

Deno.test("spline() passes its points, and turns evenly there", () => {
  const pointAt = (index: number) => latent(100 + index, 64);
  assert.deepEqual(spline(pointAt, 3), pointAt(3));
  const step = 1e-3;
  const before = difference(spline(pointAt, 3), spline(pointAt, 3 - step));
  const after = difference(spline(pointAt, 3 + step), spline(pointAt, 3));
  const cosine = dot(before, after) / Math.sqrt(dot(before, before) * dot(after, after));
  assert.ok(cosine > 0.99, String(cosine));
});

Deno.test("spline() stays about as long as latent vectors are", () => {
  const pointAt = (index: number) => latent(100 + index, 100);
  for (let i = 0; i <= 20; i++) {
    const length = Math.hypot(...spline(pointAt, i / 5));
    assert.ok(length > 8 && length < 12, String(length)); // the square root of 100, give or take
  }
});

Deno.test("loop() ends where it begins, and meets its points on the way", () => {
  const points = [latent(1, 20), latent(2, 20), latent(3, 20), latent(4, 20)];
  near(loop(points, 0), [...points[0]]);
  near(loop(points, 1), [...points[0]]);
  near(loop(points, 0.5), [...points[2]]);
  near(loop(points, 0.999), [...points[0]], 0.05);
});

function difference(a: Float32Array, b: Float32Array): number[] {
  return [...a].map((value, i) => value - b[i]);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
