import assert from "node:assert/strict";
import { normal } from "../../../sampler/random.ts";
import { kernelDistance } from "../../../train/evaluate/kernel_distance.ts";

const repeated = (numbers: number[], times: number) =>
  Float32Array.from(Array.from({ length: times }, () => numbers).flat());

Deno.test("kernelDistance() matches an example worked by hand", () => {
  // Ten equal blocks of x = 0, 1 and y = 2, 3 in one dimension, k(x, y) = (xy + 1)³:
  // k(0, 1) = 1; k(2, 3) = 343; between them 1, 1, 27 and 64.
  const { value, standardError } = kernelDistance(repeated([0, 1], 10), repeated([2, 3], 10), 1);
  assert.equal(value, 1 + 343 - 2 * (1 + 1 + 27 + 64) / 4);
  assert.equal(standardError, 0);
});

Deno.test("kernelDistance() is 0 in expectation for one distribution, and its standard error is its spread", () => {
  const [draws, n, width] = [400, 60, 3];
  const found = Array.from(
    { length: draws },
    (_, i) => kernelDistance(normal([1, 7, i], n * width), normal([1, 8, i], n * width), width),
  );
  const mean = found.reduce((sum, { value }) => sum + value, 0) / draws;
  const spread = Math.sqrt(
    found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (draws - 1),
  );
  assert.ok(Math.abs(mean) < 3 * spread / Math.sqrt(draws), `mean ${mean}, spread ${spread}`);
  // The biased estimate would be off by (E k(x, x) − E k(x, y)) · 2/6, many spreads.
  const error = Math.sqrt(
    found.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / draws,
  );
  assert.ok(Math.abs(error / spread - 1) < 0.1, `standard error ${error}, spread ${spread}`);
});

Deno.test("kernelDistance() of two normal distributions is that of their moments", () => {
  // k = 1 + 3xy + 3x²y² + x³y³, so the distance is 3 Δ₁² + 3 Δ₂² + Δ₃² of the raw moments:
  // N(0, 1) has 0, 1, 0 and N(1, 1) has 1, 2, 4.
  const n = 4000;
  const x = normal([1, 9, 0], n);
  const y = normal([1, 10, 0], n).map((v) => v + 1);
  const { value, standardError } = kernelDistance(x, y, 1);
  assert.ok(Math.abs(value - (3 + 3 + 16)) < 3 * standardError, `${value} ± ${standardError}`);
  assert.ok(standardError < 2);
});
