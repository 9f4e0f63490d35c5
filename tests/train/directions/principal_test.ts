import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { ganspace, type Principal, sefa } from "../../../train/directions/principal.ts";

await tf.setBackend("cpu");

/** A first layer whose outputs are z times `rows`, one row a latent number. */
const layer = (rows: number[][], bias: number[], slope: number | null = null) => ({
  inputs: rows.length,
  matrix: Float32Array.from(rows.flat()),
  bias: Float32Array.from(bias),
  slope,
});

/** `found` within `tolerance`; an eigenvector may point either way. */
function assertPrincipal(found: Principal[], expected: Principal[], tolerance: number): void {
  assert.equal(found.length, expected.length);
  found.forEach(({ vector, strength }, i) => {
    const along = vector.reduce((sum, value, k) => sum + value * expected[i].vector[k], 0);
    assert.ok(Math.abs(Math.abs(along) - 1) < tolerance, `${vector} for ${expected[i].vector}`);
    assert.ok(Math.abs(strength - expected[i].strength) < tolerance, `${strength}`);
  });
}

const half = Math.SQRT1_2;

Deno.test("sefa() gives the eigenvectors of AᵀA by falling share of its trace", () => {
  // AᵀA = [[2, 1], [1, 2]] has the eigenvalues 3 for (1, 1) and 1 for (1, −1)
  assertPrincipal(sefa(layer([[1, 1, 0], [1, 0, 1]], [0, 0, 0]), 2), [
    { vector: [half, half], strength: 0.75 },
    { vector: [half, -half], strength: 0.25 },
  ], 1e-6);
});

Deno.test("sefa() keeps the strongest, their largest number positive", () => {
  // AᵀA = diag(0.25, 9, 1)
  const found = sefa(layer([[0.5, 0, 0], [0, -3, 0], [0, 0, 1]], [0, 0, 0]), 2);
  assertPrincipal(found, [
    { vector: [0, 1, 0], strength: 9 / 10.25 },
    { vector: [0, 0, 1], strength: 1 / 10.25 },
  ], 1e-6);
  assert.ok(found[0].vector[1] > 0);
});

Deno.test("ganspace() of a linear layer finds what sefa() does, but for chance", async () => {
  const rows = [[1, 1, 0], [1, 0, 1]];
  assertPrincipal(await ganspace(layer(rows, [5, -5, 0]), 2, 1), [
    { vector: [half, half], strength: 0.75 },
    { vector: [half, -half], strength: 0.25 },
  ], 0.02);
});

Deno.test("ganspace() sees what the activation leaves of each output's variance", async () => {
  // max(0, 3 z₁) has the variance 9 (1/2 − 1/(2π)) = 3.068; z₂ + 10 keeps its 1: weights alone would say 9 to 1
  const variance = 9 * (1 / 2 - 1 / (2 * Math.PI));
  assertPrincipal(await ganspace(layer([[3, 0], [0, 1]], [0, 10], 0), 2, 1), [
    { vector: [1, 0], strength: variance / (variance + 1) },
    { vector: [0, 1], strength: 1 / (variance + 1) },
  ], 0.02);
});

Deno.test("ganspace() is a function of the seed and leaves no tensor behind", async () => {
  const first = layer([[1, 2], [0, 1]], [0, 0], 0.2);
  const before = tf.memory().numTensors;
  const found = await ganspace(first, 2, 7, 500);
  assert.deepEqual(await ganspace(first, 2, 7, 500), found);
  assert.notDeepEqual(await ganspace(first, 2, 8, 500), found);
  assert.equal(tf.memory().numTensors, before);
});
