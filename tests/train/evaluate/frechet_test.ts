import assert from "node:assert/strict";
import { Matrix } from "ml-matrix";
import { normal } from "../../../sampler/random.ts";
import { frechetDistance, type Gaussian, gaussianOf } from "../../../train/evaluate/frechet.ts";

const gaussian = (mean: number[], covariance: number[][]): Gaussian => ({
  mean: Float64Array.from(mean),
  covariance: new Matrix(covariance),
});

function assertNear(found: number, expected: number, relative: number) {
  const tolerance = relative * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected}, found ${found}`);
}

Deno.test("gaussianOf() gives the mean and the unbiased covariance", () => {
  const { mean, covariance } = gaussianOf(Float32Array.of(0, 0, 2, 0, 0, 2, 2, 4), 2);
  // By hand: x is 0, 2, 0, 2 about 1, y is 0, 0, 2, 4 about 1.5; sums of products over 4 − 1.
  assert.deepEqual([...mean], [1, 1.5]);
  const expected = [[4 / 3, 2 / 3], [2 / 3, 11 / 3]];
  expected.flat().forEach((v, i) => assertNear(covariance.to1DArray()[i], v, 1e-12));
});

Deno.test("frechetDistance() in one dimension is (μ₁ − μ₂)² + (σ₁ − σ₂)²", () => {
  assertNear(frechetDistance(gaussian([0], [[1]]), gaussian([3], [[4]])), 9 + 1, 1e-12);
});

Deno.test("frechetDistance() of diagonal covariances is the sum of its dimensions'", () => {
  const a = gaussian([1, 2, 3], [[1, 0, 0], [0, 9, 0], [0, 0, 0]]);
  const b = gaussian([1, 0, 3], [[4, 0, 0], [0, 1, 0], [0, 0, 25]]);
  assertNear(frechetDistance(a, b), 4 + 1 + 4 + 25, 1e-12);
});

Deno.test("frechetDistance() in two dimensions matches tr √M = √(tr M + 2 √det M) where covariances do not commute", () => {
  const [a, b] = [[[2, 1], [1, 3]], [[5, -2], [-2, 1]]];
  // M = ab = [[8, −3], [−1, 1]]: trace 9, determinant 5 (the product of 5 and 1).
  const expected = 5 + 6 - 2 * Math.sqrt(9 + 2 * Math.sqrt(5));
  assertNear(frechetDistance(gaussian([0, 0], a), gaussian([0, 0], b)), expected, 1e-12);
  assertNear(frechetDistance(gaussian([0, 0], b), gaussian([0, 0], a)), expected, 1e-12);
});

Deno.test("frechetDistance() in 128 dimensions matches the closed form for a common rotation", () => {
  const size = 128;
  // A Householder reflection I − 2vvᵀ/vᵀv turns two diagonal covariances alike.
  const v = Matrix.columnVector(Array.from(normal([1, 1, 0], size)));
  const turn = Matrix.sub(
    Matrix.eye(size),
    v.mmul(v.transpose()).mul(2 / v.transpose().mmul(v).get(0, 0)),
  );
  const deviations = [2, 3].map((stream) => Array.from(normal([1, stream, 0], size), Math.abs));
  const [a, b] = deviations.map((sigmas) => ({
    mean: new Float64Array(size),
    covariance: turn.mmul(Matrix.diag(sigmas.map((s) => s * s))).mmul(turn.transpose()),
  }));
  const expected = deviations[0].reduce((sum, s, i) => sum + (s - deviations[1][i]) ** 2, 0);
  assertNear(frechetDistance(a, b), expected, 1e-9);
});

Deno.test("frechetDistance() of a set to itself is 0, also where its covariance is singular", () => {
  const few = gaussianOf(normal([1, 4, 0], 5 * 16), 16); // rank 4 of 16
  assertNear(frechetDistance(few, few), 0, 1e-6);
});

Deno.test("frechetDistance() of samples comes near the distance of what they are drawn from", () => {
  const [n, width] = [20_000, 4];
  const a = normal([1, 5, 0], n * width);
  const b = normal([1, 6, 0], n * width).map((v) => 2 * v + 1);
  // (0 − 1)² + (1 − 2)² in each of four dimensions.
  assertNear(frechetDistance(gaussianOf(a, width), gaussianOf(b, width)), 8, 0.02);
});
