/** The fused operations' formulas, made of core operations on `cpu`, against numbers worked by hand. */
import assert from "node:assert/strict";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers core's gradients
import {
  batchNormLeakyRelu,
  biasLeakyRelu,
  biasTanh,
  registerGradients,
} from "../../kernels/mod.ts";

await tf.setBackend("cpu");
registerGradients();

/** One channel, one pixel an image. */
const pixels = (...values: number[]) => tf.tensor4d(values, [values.length, 1, 1, 1]);
const close = (found: tf.Tensor, expected: number[]) =>
  found.dataSync().forEach((value, i) =>
    assert.ok(
      Math.abs(value - expected[i]) < 1e-5,
      `${i}: expected ${expected[i]}, found ${value}`,
    )
  );

Deno.test("batchNormLeakyRelu() is max(z, αz) of γ (x − μ) / √(σ² + ε) + β, with biased moments", () => {
  // μ = 4, σ² = ((−3)² + 1 + 2²) / 3 = 14/3, √(14/3 + 1/3) = √5; z = 2 (x − 4) / √5 + 1
  const settings = { epsilon: 1 / 3, alpha: 0.2 };
  const [gamma, beta] = [tf.tensor1d([2]), tf.tensor1d([1])];
  const { y, mean, variance } = batchNormLeakyRelu(pixels(1, 5, 6), gamma, beta, settings);
  close(mean, [4]);
  close(variance, [14 / 3]);
  const z = (x: number) => 2 * (x - 4) / Math.sqrt(5) + 1;
  close(y, [0.2 * z(1), z(5), z(6)]);
});

Deno.test("batchNormLeakyRelu()'s gradients of two values are those worked by hand", () => {
  // x = ±1: μ = 0, σ² = 1, ε = 0, so x̂ = x whatever x's scale: dx = 0 for any dy.
  // z = 2x̂ + 1 is 3 and −1: dz = (1, 0.2 · 10); dβ = 3, dγ = 1 · 1 − 2 · 1 = −1
  const [x, gamma, beta] = [pixels(1, -1), tf.tensor1d([2]), tf.tensor1d([1])];
  const [dx, dgamma, dbeta] = tf.grads((...inputs: tf.Tensor[]) =>
    batchNormLeakyRelu(inputs[0] as tf.Tensor4D, inputs[1], inputs[2], { epsilon: 0, alpha: 0.2 }).y
  )([x, gamma, beta], pixels(1, 10));
  close(dx, [0, 0]);
  close(dgamma, [-1]);
  close(dbeta, [3]);
});

Deno.test("biasLeakyRelu() and its gradients are those worked by hand, at the kink the slope below", () => {
  const [x, bias] = [pixels(3, -2, -1), tf.tensor1d([1])];
  const f = (x: tf.Tensor, bias: tf.Tensor) => biasLeakyRelu(x as tf.Tensor4D, bias, 0.25);
  close(f(x, bias), [4, -0.25, 0]);
  const [dx, dbias] = tf.grads(f)([x, bias], pixels(1, 8, 4));
  close(dx, [1, 2, 1]);
  close(dbias, [4]);
});

Deno.test("biasTanh() and its gradients are those worked by hand", () => {
  // tanh(½ ln 3) = ½, so the slope is ¾; tanh(0) = 0, slope 1
  const [x, bias] = [pixels(Math.log(3) / 2 - 1, -1), tf.tensor1d([1])];
  const f = (x: tf.Tensor, bias: tf.Tensor) => biasTanh(x as tf.Tensor4D, bias);
  close(f(x, bias), [0.5, 0]);
  const [dx, dbias] = tf.grads(f)([x, bias], pixels(4, -2));
  close(dx, [3, -2]);
  close(dbias, [1]);
});
