/** The article's listings in plain numbers, beside our objectives. D' is the article's critic, D is ours. */
import "@tensorflow/tfjs-layers"; // registers core's gradients
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { registerGradients } from "../../kernels/mod.ts";
import { dcgan } from "../../train/objectives/dcgan.ts";
import { lsgan } from "../../train/objectives/lsgan.ts";
import type { Critic, Images, Objective, Random } from "../../train/objectives/objective.ts";
import { wgan } from "../../train/objectives/wgan.ts";
import { wganGp } from "../../train/objectives/wgan_gp.ts";

await tf.setBackend("cpu");
registerGradients();

const REAL = [[0.5, -1, 0.25], [1, 0.75, -0.5]];
const FAKE = [[-0.25, 0.5, 1], [0.125, -0.75, -1]];
const EPSILON = [0.3, 0.8]; // one an image
const SLOPES = [2, -1, 0.5];

/** D(x) = Σ aᵢ xᵢ² / 2, whose gradient is aᵢ xᵢ. */
const score = (image: readonly number[]) =>
  image.reduce((sum, x, i) => sum + SLOPES[i] * x * x / 2, 0);
const D: Critic = (x) => {
  const flat = tf.reshape(x, [x.shape[0], -1]);
  return {
    score: tf.sum(tf.mul(tf.square(flat), SLOPES.map((a) => a / 2)), 1) as tf.Tensor1D,
  };
};
const random: Random = { uniform: (shape) => tf.tensor(EPSILON, shape) };
const images = (rows: readonly number[][], shape: [number, number]) =>
  tf.tensor4d(rows.flat(), [rows.length, ...shape, 1]) as Images;
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** reduce_mean((sqrt(reduce_sum(grad ** 2, axis=1)) - 1) ** 2) of an image batch [2, height, width, 1], as it is listed. */
function listedPenalty([height, width]: [number, number]): number {
  return mean(REAL.flatMap((real, n) => {
    const gradient = real.map((x, i) =>
      SLOPES[i] * (EPSILON[n] * x + (1 - EPSILON[n]) * FAKE[n][i])
    );
    return Array.from({ length: width }, (_, column) => {
      const squares = Array.from(
        { length: height },
        (_, row) => gradient[row * width + column] ** 2,
      );
      return (Math.sqrt(squares.reduce((a, b) => a + b, 0)) - 1) ** 2;
    });
  }));
}

function ours(objective: Objective, shape: [number, number] = [3, 1]) {
  const [x, Gz] = [images(REAL, shape), images(FAKE, shape)];
  const number = (t: tf.Tensor) => t.dataSync()[0];
  const { loss, penalty } = objective.criticLoss(D, x, Gz, random);
  return {
    critic: number(loss),
    generator: number(objective.generatorLoss(D, Gz)),
    penalty: penalty && number(penalty),
  };
}

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) <= 1e-5, `expected ${expected}, found ${found}`);
const real = REAL.map(score);
const gen = FAKE.map(score);

Deno.test("dcgan's losses are the article's", () => {
  const crossEntropy = (logit: number, label: number) =>
    -label * Math.log(1 / (1 + Math.exp(-logit))) -
    (1 - label) * Math.log(1 - 1 / (1 + Math.exp(-logit)));
  const { critic, generator } = ours(dcgan);
  close(
    critic,
    mean(real.map((l) => crossEntropy(l, 1))) + mean(gen.map((l) => crossEntropy(l, 0))),
  );
  close(generator, mean(gen.map((l) => crossEntropy(l, 1))));
});

Deno.test("lsgan's losses are the article's", () => {
  const { critic, generator } = ours(lsgan);
  close(critic, 0.5 * (mean(real.map((s) => (s - 1) ** 2)) + mean(gen.map((s) => (s - 0) ** 2))));
  close(generator, mean(gen.map((s) => (s - 1) ** 2)));
});

Deno.test("wgan's losses are the article's for D' = −D", () => {
  const { critic, generator } = ours(wgan);
  const [realListed, genListed] = [real, gen].map((scores) => scores.map((s) => -s));
  close(critic, mean(realListed) - mean(genListed));
  close(generator, mean(genListed));
});

Deno.test("wganGp's losses are the article's for D' = −D, where an image has one axis", () => {
  const { critic, generator, penalty } = ours(wganGp, [3, 1]);
  const [realListed, genListed] = [real, gen].map((scores) => scores.map((s) => -s));
  close(penalty!, 10 * listedPenalty([3, 1]));
  close(critic, mean(realListed) - mean(genListed) + 10 * listedPenalty([3, 1]));
  close(generator, mean(genListed));
});

Deno.test("wganGp's penalty takes an image's norm where the article's listing takes each column's", () => {
  const { penalty } = ours(wganGp, [1, 3]);
  close(penalty!, 10 * listedPenalty([3, 1])); // the same three pixels, whatever their layout
  assert.ok(Math.abs(penalty! - 10 * listedPenalty([1, 3])) > 1);
});
