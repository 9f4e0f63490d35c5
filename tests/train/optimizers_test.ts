import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { createOptimizer, describeOptimizer } from "../../train/optimizers.ts";

await tf.setBackend("cpu");

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-6, `expected ${expected}, found ${found}`);

Deno.test("adam's first step is the learning rate against the gradient's sign, whatever its size", () => {
  const w = tf.variable(tf.tensor1d([1, 1, 1]));
  const adam = createOptimizer({ name: "adam", learningRate: 0.1, beta1: 0.5, beta2: 0.9 }, [w]);
  adam.apply([tf.tensor1d([3, -0.01, 500])]);
  w.dataSync().forEach((v, i) => close(v, [0.9, 1.1, 0.9][i]));
  adam.dispose();
});

Deno.test("adam's second step equals the one worked by hand", () => {
  // beta 0.5 and 0.9, gradients 1 then −2, learning rate 0.1, from w = 0:
  // m₂ = 0.5·0.5 − 0.5·2 = −0.75, bias-corrected −0.75 / (1 − 0.25) = −1
  // v₂ = 0.9·0.1 + 0.1·4 = 0.49, bias-corrected 0.49 / (1 − 0.81) = 2.5789474
  // w₂ = −0.1 + 0.1 / √2.5789474 = −0.1 + 0.0622700
  const w = tf.variable(tf.tensor1d([0]));
  const adam = createOptimizer({ name: "adam", learningRate: 0.1, beta1: 0.5, beta2: 0.9 }, [w]);
  adam.apply([tf.tensor1d([1])]);
  adam.apply([tf.tensor1d([-2])]);
  close(w.dataSync()[0], -0.0377300);
  adam.dispose();
});

Deno.test("adam with beta1 = 0 keeps no first moment and follows each gradient", () => {
  // v₂ = 0.9·0.1 + 0.1·4 = 0.49 → 2.5789474; w₂ = −0.1 + 0.1·2 / √2.5789474 = 0.0245399
  const w = tf.variable(tf.tensor1d([0]));
  const adam = createOptimizer({ name: "adam", learningRate: 0.1, beta1: 0, beta2: 0.9 }, [w]);
  assert.equal(adam.slots.length, 1);
  adam.apply([tf.tensor1d([1])]);
  adam.apply([tf.tensor1d([-2])]);
  close(w.dataSync()[0], 0.0245399);
  adam.dispose();
});

Deno.test("adam's rate is halved after halvedAfter steps, and a third after as many again", () => {
  // Under a constant gradient each step is as long as the rate: η (1 + 1/1.5 + 1/2 + 1/2.5 + 1/3).
  const w = tf.variable(tf.tensor1d([0]));
  const settings = { name: "adam", learningRate: 0.1, beta1: 0.5, beta2: 0.9 } as const;
  const adam = createOptimizer({ ...settings, halvedAfter: 2 }, [w]);
  for (let step = 1; step <= 5; step++) adam.apply([tf.tensor1d([7])]);
  close(w.dataSync()[0], -0.1 * (1 + 2 / 3 + 1 / 2 + 2 / 5 + 1 / 3));
  adam.dispose();
});

Deno.test("describeOptimizer() reads as the card shows it", () => {
  assert.equal(
    describeOptimizer({ name: "adam", learningRate: 1e-4, beta1: 0, beta2: 0.9 }),
    "Adam 0.0001, beta 0 and 0.9",
  );
});

Deno.test("rmsprop starts its accumulator at 1, as TensorFlow 1 does: two steps worked by hand", () => {
  // learning rate 0.1, gradients 2 then −1, from w = 1:
  // s₁ = 0.9 + 0.1·4 = 1.3, w₁ = 1 − 0.2 / √1.3 = 0.8245884
  // s₂ = 0.9·1.3 + 0.1 = 1.27, w₂ = w₁ + 0.1 / √1.27 = 0.9133239
  const w = tf.variable(tf.tensor1d([1]));
  const rmsProp = createOptimizer({ name: "rmsprop", learningRate: 0.1 }, [w]);
  rmsProp.apply([tf.tensor1d([2])]);
  close(w.dataSync()[0], 0.8245884);
  rmsProp.apply([tf.tensor1d([-1])]);
  close(w.dataSync()[0], 0.9133239);
  rmsProp.dispose();
});
