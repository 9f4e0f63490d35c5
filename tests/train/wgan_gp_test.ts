import "@tensorflow/tfjs-layers"; // registers core's gradients
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { registerGradients } from "../../kernels/mod.ts";
import type { Critic, Images, Random } from "../../train/objectives/objective.ts";
import { gradientPenalty, wganGp } from "../../train/objectives/wgan_gp.ts";

await tf.setBackend("cpu");
registerGradients();

const half: Random = { uniform: (shape) => tf.fill(shape, 0.5) };
const images = (...values: number[][]) =>
  tf.tensor4d(values.flat(), [values.length, 1, 2, 1]) as Images;
/** D(x) = a·x₁ + b·x₂, whose gradient is (a, b) everywhere. */
const linear = (a: number, b: number): Critic => (x) => ({
  score: tf.sum(tf.mul(x, tf.tensor4d([a, b], [1, 1, 2, 1])), [1, 2, 3]) as tf.Tensor1D,
});
const value = (t: tf.Tensor) => t.dataSync()[0];
const close = (found: number, expected: number, tolerance = 1e-5) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected}, found ${found}`);

Deno.test("gradientPenalty() is 1 when D is linear with slope 2", () => {
  close(value(gradientPenalty(linear(2, 0), images([0, 1]), images([3, -1]), half)), 1);
});

Deno.test("gradientPenalty() is two-sided: slope 0 costs 1, slope 1 nothing, slope 3 costs 4", () => {
  const [x, Gz] = [images([0, 1]), images([3, -1])];
  close(value(gradientPenalty(linear(0, 0), x, Gz, half)), 1);
  close(value(gradientPenalty(linear(0.6, 0.8), x, Gz, half)), 0);
  close(value(gradientPenalty(linear(1.8, -2.4), x, Gz, half)), 4);
});

Deno.test("gradientPenalty() takes the norm over the whole image, not over one axis", () => {
  // A slope of (3, 4) has norm 5, so (5 − 1)² = 16; over one axis it would be mean((3 − 1)², (4 − 1)²).
  close(value(gradientPenalty(linear(3, 4), images([0, 0]), images([1, 1]), half)), 16);
});

Deno.test("gradientPenalty() is measured at x̂ = εx + (1 − ε)G(z), with one ε an image", () => {
  // D(x) = ½‖x‖² has the gradient x, so the norm at x̂ is ‖x̂‖.
  const D: Critic = (x) => ({ score: tf.mul(0.5, tf.sum(tf.square(x), [1, 2, 3])) as tf.Tensor1D });
  const asked: number[][] = [];
  const random: Random = {
    uniform(shape) {
      asked.push(shape);
      return tf.tensor([0.25, 1], shape);
    },
  };
  // x̂₁ = ¼(4, 0) + ¾(0, 4) = (1, 3), norm √10; x̂₂ = (3, 0), norm 3.
  const found = value(gradientPenalty(D, images([4, 0], [3, 0]), images([0, 4], [9, 9]), random));
  close(found, ((Math.sqrt(10) - 1) ** 2 + 4) / 2, 1e-4);
  assert.deepEqual(asked, [[2, 1, 1, 1]]);
});

Deno.test("gradientPenalty() is finite, and so is its gradient, where D is flat", () => {
  const w = tf.variable(tf.scalar(0));
  const D: Critic = (x) => ({ score: tf.mul(w, tf.sum(x, [1, 2, 3])) as tf.Tensor1D });
  const { value: penalty, grads } = tf.variableGrads(
    () => gradientPenalty(D, images([0, 1]), images([1, 1]), half),
    [w],
  );
  close(value(penalty), 1, 1e-4);
  assert.ok(Number.isFinite(value(grads[w.name])));
});

Deno.test("wganGp.criticLoss() is E D(G(z)) − E D(x) + 10 E(norm − 1)²", () => {
  // D(x) = 2x₁: E D(x) = (2 + 6) / 2 = 4, E D(G(z)) = (0 − 2) / 2 = −1, penalty 10 (2 − 1)² = 10.
  const { loss, penalty } = wganGp.criticLoss(
    linear(2, 0),
    images([1, 5], [3, 5]),
    images([0, 7], [-1, 7]),
    half,
  );
  close(value(loss), -1 - 4 + 10);
  close(value(penalty!), 10);
});

Deno.test("wganGp.generatorLoss() is −E D(G(z))", () => {
  close(value(wganGp.generatorLoss(linear(2, 1), images([1, 5], [3, 4]))), -((7 + 10) / 2));
});

Deno.test("wganGp's losses pull real scores up and generated ones down, the generator's the other way", () => {
  const D = linear(1, 0); // slope 1: no penalty, so only the distance pulls
  const x = images([1, 0]), Gz = images([2, 0]);
  const fall = (f: (x: tf.Tensor) => tf.Tensor, at: tf.Tensor) => tf.grad(f)(at).dataSync()[0];
  assert.ok(fall((x) => wganGp.criticLoss(D, x as Images, Gz, half).loss, x) < 0);
  assert.ok(fall((g) => wganGp.criticLoss(D, x, g as Images, half).loss, Gz) > 0);
  assert.ok(fall((g) => wganGp.generatorLoss(D, g as Images), Gz) < 0);
});

Deno.test("wganGp.criticLoss() weighs the penalty by 10, or by the recipe's lambda", () => {
  const [D, x, Gz] = [linear(3, 0), images([1, 0]), images([2, 0])]; // the penalty is (3 − 1)² = 4
  for (const [constants, lambda] of [[undefined, 10], [{ lambda: 0.1 }, 0.1]] as const) {
    const { loss, penalty } = wganGp.criticLoss(D, x, Gz, half, constants);
    close(value(penalty!), 4 * lambda);
    close(value(loss), 4 * lambda + 6 - 3, 1e-4); // + D(G(z)) − D(x)
  }
});
