import assert from "node:assert/strict";
import { drawPoints, type Points, pointsNamed } from "../../../train/toys/points.ts";

const ring = pointsNamed("ring")!;
const grid = pointsNamed("grid")!;
const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected}, found ${found}`);

Deno.test("the ring has 8 modes on the unit circle, the grid 25 that are 2 apart and centred", () => {
  assert.equal(ring.modes.length, 8);
  for (const [x, y] of ring.modes) near(Math.hypot(x, y), 1, 1e-12);
  near(Math.hypot(ring.modes[1][0] - Math.SQRT1_2, ring.modes[1][1] - Math.SQRT1_2), 0, 1e-12);
  const coordinates = [-4, -2, 0, 2, 4];
  assert.deepEqual(grid.modes, coordinates.flatMap((y) => coordinates.map((x) => [x, y])));
  assert.deepEqual([ring.sd, grid.sd], [0.01, 0.05]);
});

for (const points of [ring, grid]) {
  Deno.test(`drawPoints() gives each mode of the ${points.id} its share, round it by its standard deviation`, () => {
    const perMode = 1000, count = perMode * points.modes.length;
    const drawn = drawPoints(points, { seed: 1, step: 0, count }).map((v) => v * points.unit);
    const { counts, sums, squares } = momentsOf(points, drawn);
    // Counts are binomial, 31 of standard deviation; means of 1,000 normal offsets have sd / 31.6.
    counts.forEach((n) => near(n, perMode, 4.5 * 31.6));
    sums.forEach((sum, i) => near(sum / counts[i >> 1], 0, 4.5 * points.sd / Math.sqrt(perMode)));
    // A variance from 2,000 · modes squares: relative standard deviation √(2 / (2 · count)).
    near(squares / (2 * count) / points.sd ** 2, 1, 4.5 / Math.sqrt(count));
  });
}

Deno.test("drawPoints() is a function of seed and step alone, and repeats no point", () => {
  const draw = (seed: number, step: number, count = 50) => drawPoints(ring, { seed, step, count });
  assert.deepEqual(draw(1, 7), draw(1, 7));
  assert.deepEqual(draw(1, 7, 10), draw(1, 7).slice(0, 20));
  assert.notDeepEqual(draw(1, 7), draw(1, 8));
  assert.notDeepEqual(draw(1, 7), draw(2, 7));
  const all = [...draw(1, 0, 500), ...draw(1, 1, 500)];
  assert.ok(new Set(all).size > 1990, "offsets repeat"); // 2,000 float32 numbers, a few coincide
});

/** Per mode: samples, sums of offsets in x and y; over all: the sum of squared offsets. */
function momentsOf({ modes }: Points, drawn: Float32Array) {
  const counts = Array(modes.length).fill(0), sums = Array(2 * modes.length).fill(0);
  let squares = 0;
  for (let i = 0; i < drawn.length; i += 2) {
    const [x, y] = [drawn[i], drawn[i + 1]];
    const distances = modes.map(([a, b]) => Math.hypot(x - a, y - b));
    const k = distances.indexOf(Math.min(...distances));
    counts[k]++;
    sums[2 * k] += x - modes[k][0];
    sums[2 * k + 1] += y - modes[k][1];
    squares += distances[k] ** 2;
  }
  return { counts, sums, squares };
}
