import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { createAverage, freeze } from "../../train/average.ts";
import { createGenerator } from "../../train/networks.ts";
import { EPSILON } from "../../train/normalise.ts";

await tf.setBackend("cpu");

const shape = { size: 8, channels: 1, width: 1 / 64, latentSize: 6 } as const;
const start = { initialisation: "gaussian", seed: 5 } as const;
const close = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `expected ${expected}, found ${found}`);

Deno.test("average.update() decays by min(0.999, (1 + step) / (10 + step))", () => {
  const generator = createGenerator(shape, start);
  const average = createAverage(generator);
  const w = generator.weights[2], a = average.weights[2]; // a vector of zeros
  w.assign(tf.fill(w.shape, 11));
  average.update(1); // decay 2/11: 9/11 of 11
  close(a.dataSync()[0], 9, 1e-5);
  w.assign(tf.fill(w.shape, 0));
  average.update(20000); // decay 0.999
  close(a.dataSync()[0], 9 * 0.999, 1e-5);
  tf.dispose([...generator.weights, ...average.weights] as tf.Variable[]);
});

Deno.test("freeze() rounds filters to float16 and leaves vectors as they are", async () => {
  const generator = createGenerator(shape, start);
  generator.weights[0].assign(tf.fill(generator.weights[0].shape, 0.1));
  generator.weights[1].assign(tf.fill(generator.weights[1].shape, 0.1));
  const average = createAverage(generator);
  const frozen = await freeze(generator, average, 1);
  assert.equal(frozen.weights[0].dataSync()[0], 0.0999755859375); // 0x2E66, the float16 nearest to 0.1
  assert.equal(frozen.weights[1].dataSync()[0], Math.fround(0.1));
  frozen.dispose();
  tf.dispose([...generator.weights, ...average.weights] as tf.Variable[]);
});

Deno.test("freeze() measures batch norm's moments for the averaged weights, not the live ones", async () => {
  const generator = createGenerator(shape, start);
  const average = createAverage(generator);
  generator.weights.forEach((w) => w.assign(tf.mul(w, 7))); // the live generator moves on
  const frozen = await freeze(generator, average, 1);

  // The first layer's activations are z·W with z ~ N(0, I): mean 0, variance the sum of squares over z, averaged over
  // the 4x4 positions, which share a channel's moments.
  const [kh, kw, out, latent] = frozen.weights[0].shape;
  const filter = frozen.weights[0].dataSync();
  const variance = new Array(out).fill(0);
  filter.forEach((v, i) => variance[Math.floor(i / latent) % out] += v * v / (kh * kw));
  const [mean, found] = [frozen.moments[0].mean.dataSync(), frozen.moments[0].variance.dataSync()];
  variance.forEach((expected, c) => {
    close(found[c], expected, 0.05 * expected); // 6,400 latents: a standard error of about 2 %
    close(mean[c], 0, 0.06 * Math.sqrt(expected));
  });
  frozen.dispose();
  tf.dispose([...generator.weights, ...average.weights] as tf.Variable[]);
});

Deno.test("the frozen generator's images keep the statistics that batch norm promises", async () => {
  const generator = createGenerator(shape, start);
  const average = createAverage(generator);
  const frozen = await freeze(generator, average, 1);
  const z = tf.randomNormal([512, 6], 0, 1, "float32", 9) as tf.Tensor2D;
  const [trained, inferred] = [generator.train(z), frozen.infer(z)];
  // A large batch's own moments are close to the recomputed ones, so the images are close as well.
  const difference = tf.sqrt(tf.mean(tf.squaredDifference(trained, inferred))).dataSync()[0];
  const spread = tf.sqrt(tf.mean(tf.square(trained))).dataSync()[0];
  assert.ok(difference < 0.1 * spread, `RMS difference ${difference} of ${spread}`);
  assert.ok(EPSILON < frozen.moments[0].variance.dataSync()[0] / 10);
  frozen.dispose();
  tf.dispose([z, trained, inferred]);
  tf.dispose([...generator.weights, ...average.weights] as tf.Variable[]);
});
