import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { normal } from "../../../sampler/random.ts";
import { eachRow, smallest } from "../../../train/evaluate/distances.ts";
import { manifoldOf, overlap } from "../../../train/evaluate/manifold.ts";
import { medianDistance, nearestOf } from "../../../train/evaluate/nearest.ts";

await tf.setBackend("cpu");

Deno.test("precision, recall, density and coverage match an example worked by hand", async () => {
  // On a line, k = 1. Real 0, 1, 3 and an outlier at 100: radii 1, 1, 2, 97. Generated 0.5, 2, 10: radii 1.5, 1.5, 8.
  const real = await manifoldOf(Float32Array.of(0, 1, 3, 100), 1, 1);
  const generated = await manifoldOf(Float32Array.of(0.5, 2, 10), 1, 1);
  assert.deepEqual([...real.radii], [1, 1, 4, 97 ** 2]);
  assert.deepEqual([...generated.radii], [2.25, 2.25, 64]);
  assert.deepEqual(await overlap(real, generated, 1), {
    precision: 1, // 10 is in the outlier's ball alone
    recall: 3 / 4, // none reaches 100
    density: (2 + 2 + 1) / 3, // 0.5 is in the balls of 0 and 1, 2 in those of 1 and 3
    coverage: 1,
  });
});

Deno.test("overlap() of images far away is 0", async () => {
  const real = await manifoldOf(Float32Array.of(0, 1, 2), 1, 1);
  const generated = await manifoldOf(Float32Array.of(50, 51, 52), 1, 1);
  const nothing = { precision: 0, recall: 0, density: 0, coverage: 0 };
  assert.deepEqual(await overlap(real, generated, 1), nothing);
});

Deno.test("precision, recall, density and coverage equal those of plain loops in float64", async () => {
  const [n, m, width, k] = [120, 90, 8, 5];
  const x = normal([1, 11, 0], n * width);
  const y = normal([1, 12, 0], m * width).map((v, i) => 1.2 * v + (i % width === 0 ? 2 : 0));
  const expected = byPlainLoops(rows(x, width), rows(y, width), k);
  const found = await overlap(await manifoldOf(x, width, k), await manifoldOf(y, width, k), k);
  assert.deepEqual(found, expected);
  for (const value of Object.values(expected)) assert.ok(value > 0.05 && value < 0.95, `${value}`);
});

/** The definitions, word for word. */
function byPlainLoops(x: number[][], y: number[][], k: number) {
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((v, i) => v - b[i]));
  const radius = (all: number[][], i: number) =>
    all.filter((_, j) => j !== i).map((b) => distance(all[i], b)).sort((a, b) => a - b)[k - 1];
  const [radiiX, radiiY] = [x, y].map((all) => all.map((_, i) => radius(all, i)));
  const inX = y.map((b) => x.filter((a, i) => distance(a, b) <= radiiX[i]).length);
  const share = (flags: boolean[]) => flags.filter(Boolean).length / flags.length;
  return {
    precision: share(inX.map((balls) => balls > 0)),
    recall: share(x.map((a) => y.some((b, j) => distance(a, b) <= radiiY[j]))),
    density: inX.reduce((sum, balls) => sum + balls, 0) / (k * y.length),
    coverage: share(x.map((a, i) => y.some((b) => distance(a, b) <= radiiX[i]))),
  };
}

Deno.test("eachRow() visits every row in order with its squared distances", async () => {
  const found: [number, number[]][] = [];
  await eachRow(Float32Array.of(0, 0, 3, 4), Float32Array.of(0, 0, 3, 0, 1, 1), 2, (i, d) => {
    found.push([i, [...d]]);
  });
  assert.deepEqual(found, [[0, [0, 9, 2]], [1, [25, 16, 13]]]);
});

Deno.test("smallest() gives the k smallest in order, without the one left out", () => {
  const found = smallest(Float32Array.of(4, 1, 3, 1, 0), 3, 4);
  assert.deepEqual(found, [{ index: 1, value: 1 }, { index: 3, value: 1 }, { index: 2, value: 3 }]);
});

Deno.test("nearestOf() finds the nearest and its distance; copies have the median distance 0", async () => {
  const real = Float32Array.of(0, 0, 10, 0, 0, 7);
  const [near] = await nearestOf(Float32Array.of(0, 3), real, 2, 2);
  assert.deepEqual(near, { indices: [0, 2], distance: 3 });
  assert.equal(medianDistance(await nearestOf(real, real, 2, 1)), 0);
  const at = (distance: number) => ({ indices: [0], distance });
  assert.equal(medianDistance([at(5), at(1), at(2), at(4)]), 3);
});

function rows(features: Float32Array, width: number): number[][] {
  return Array.from(
    { length: features.length / width },
    (_, i) => [...features.subarray(i * width, (i + 1) * width)],
  );
}
