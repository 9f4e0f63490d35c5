import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { normal } from "../../sampler/random.ts";
import { createCritic } from "../../train/critics.ts";
import { createGenerator, type NetworkShape } from "../../train/networks.ts";
import { type Images, NORMALISATIONS } from "../../train/objectives/objective.ts";

await tf.setBackend("cpu");

const start = { initialisation: "gaussian", seed: 1 } as const;
const article: NetworkShape = { size: 64, channels: 3, width: 1, latentSize: 100 };
const shapes = (weights: readonly tf.Tensor[]) => weights.map((w) => w.shape.join("x"));
const mean = (v: ArrayLike<number>) => Array.from(v).reduce((a, b) => a + b) / v.length;

Deno.test("createGenerator() has the article's filters at 64x64x3, each but the last with batch norm and no bias", () => {
  const { weights } = createGenerator(article, start);
  assert.deepEqual(shapes(weights), [
    ...["4x4x512x100", "512", "512"],
    ...["3x3x256x512", "256", "256"],
    ...["3x3x128x256", "128", "128"],
    ...["3x3x64x128", "64", "64"],
    ...["3x3x3x64", "3"],
  ]);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("createCritic() has the article's filters at 64x64x3", () => {
  const filters = ["3x3x3x32", "3x3x32x64", "3x3x64x128", "3x3x128x256", "4x4x256x1"];
  const { weights } = createCritic(article, { kind: "score", normalisation: "none", start });
  assert.deepEqual(shapes(weights.filter((w) => w.rank === 4)), filters);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("createCritic() gives the score of hidden units where a recipe has them", () => {
  const shape = { ...article, width: 0.25 };
  const critic = createCritic(shape, { kind: "score", normalisation: "none", hidden: 256, start });
  const { weights, judge } = critic;
  assert.deepEqual(shapes(weights.slice(-4)), ["4x4x64x64", "64", "1x1x64x1", "1"]);
  // Nothing before the score's bias: it is the score.
  weights.at(-2)!.assign(tf.zerosLike(weights.at(-2)!));
  weights.at(-1)!.assign(tf.tensor1d([0.75]));
  assert.deepEqual([...judge(tf.ones([2, 64, 64, 3])).score.dataSync()], [0.75, 0.75]);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("networks of 32x32x1 have one block less, of 128x128 one more", () => {
  const at = (size: number) => {
    const shape = { size, channels: 1, width: 0.5, latentSize: 100 } as const;
    const g = createGenerator(shape, start),
      c = createCritic(shape, { kind: "score", normalisation: "none", start });
    const filters = [g, c].map(({ weights }) => shapes(weights.filter((w) => w.rank === 4)));
    tf.dispose([...g.weights, ...c.weights] as tf.Variable[]);
    return filters;
  };
  assert.deepEqual(at(32), [
    ["4x4x256x100", "3x3x128x256", "3x3x64x128", "3x3x1x64"],
    ["3x3x1x32", "3x3x32x64", "3x3x64x128", "4x4x128x1"],
  ]);
  assert.deepEqual(at(128).map((filters) => filters.length), [6, 6]);
});

for (const kind of ["score", "autoencoder"] as const) {
  for (const normalisation of NORMALISATIONS) {
    Deno.test(`both networks give the right shapes (${kind}, critic normalisation: ${normalisation})`, () => {
      const shape: NetworkShape = { size: 32, channels: 3, width: 1 / 32, latentSize: 10 };
      const g = createGenerator(shape, start);
      const c = createCritic(shape, { kind, normalisation, start });
      const images = g.train(tf.ones([2, 10]));
      assert.deepEqual(images.shape, [2, 32, 32, 3]);
      assert.ok(images.dataSync().every((v) => Math.abs(v) <= 1));
      const { score, code } = c.judge(images);
      assert.deepEqual(score.shape, [2]);
      assert.deepEqual(code?.shape, kind === "score" ? undefined : [2, 64]);
      tf.dispose([...g.weights, ...c.weights] as tf.Variable[]);
    });
  }
}

Deno.test("createCritic() mirrors the encoder's filters in the auto-encoder's decoder", () => {
  const { weights } = createCritic(article, { kind: "autoencoder", normalisation: "none", start });
  assert.deepEqual(shapes(weights.filter((w) => w.rank === 4)), [
    ...["3x3x3x32", "3x3x32x64", "3x3x64x128", "3x3x128x256", "4x4x256x64"],
    ...["4x4x256x64", "3x3x128x256", "3x3x64x128", "3x3x32x64", "3x3x3x32"],
  ]);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("the auto-encoder's score is the mean squared error of its reconstruction", () => {
  // All weights 0: the reconstruction is the last bias, ½ everywhere; (1 − ½)² = ¼ and (−1 − ½)² = 2¼.
  const shape: NetworkShape = { size: 8, channels: 1, width: 1 / 64, latentSize: 10 };
  const { weights, judge } = createCritic(shape, {
    kind: "autoencoder",
    normalisation: "none",
    start,
  });
  weights.forEach((w, i) => w.assign(tf.fill(w.shape, i === weights.length - 1 ? 0.5 : 0)));
  const x = tf.concat([tf.ones([1, 8, 8, 1]), tf.fill([1, 8, 8, 1], -1)]) as tf.Tensor4D;
  assert.deepEqual([...judge(x).score.dataSync()], [0.25, 2.25]);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("batch norm after the first layer leaves out the gain of the critic's first layer, and no other", () => {
  const shape: NetworkShape = { size: 32, channels: 3, width: 1 / 16, latentSize: 10 };
  for (const kind of ["score", "autoencoder"] as const) {
    const gains = (["batch", "batch-after-first"] as const).map((normalisation) => {
      const { names, weights } = createCritic(shape, { kind, normalisation, start });
      tf.dispose(weights as tf.Variable[]);
      return names.filter((name) => name.includes("gamma"));
    });
    assert.deepEqual(gains[0].slice(1), gains[1]);
    assert.match(gains[0][0], /^(encoder\/)?gamma0$/);
  }
});

Deno.test("batch norm after the first layer scores by the first layer's leaky ReLU of filter and bias", () => {
  const shape: NetworkShape = { size: 8, channels: 1, width: 1 / 256, latentSize: 10 };
  const settings = { kind: "score", normalisation: "batch-after-first", start } as const;
  const { judge, weights } = createCritic(shape, settings); // 8x8x1 → 4x4x1 → a score
  const middle = (v: number) => tf.tensor4d([0, 0, 0, 0, v, 0, 0, 0, 0], [3, 3, 1, 1]);
  const values = [middle(2), tf.tensor1d([-1]), tf.fill([4, 4, 1, 1], 1 / 16), tf.tensor1d([0.5])];
  weights.forEach((weight, i) => weight.assign(values[i]));
  const x = tf.concat([tf.fill([1, 8, 8, 1], 1), tf.fill([1, 8, 8, 1], -1)]) as tf.Tensor4D;
  // 2 · 1 − 1 = 1 stays, 2 · −1 − 1 = −3 comes to −0.6; a half is added to both
  judge(x).score.dataSync().forEach((score, i) =>
    assert.ok(Math.abs(score - [1.5, -0.1][i]) < 1e-6)
  );
  tf.dispose([...values, ...weights as tf.Variable[]]);
});

for (const kind of ["score", "autoencoder"] as const) {
  Deno.test(`batch norm together judges two batches as one, then each image by the moments of that (${kind})`, () => {
    const shape = { size: 16, channels: 1, width: 1 / 32, latentSize: 4 } as const;
    const glorot = { initialisation: "glorot", seed: 2 } as const;
    const critic = createCritic(shape, { kind, normalisation: "batch-together", start: glorot });
    // The same weights, whose batch is normalised by its own moments.
    const twin = createCritic(shape, { kind, normalisation: "batch-after-first", start: glorot });
    const batch = (seed: number, count: number) =>
      tf.tensor4d(normal([seed, 0, 0], count * 256), [count, 16, 16, 1]);
    const [x, Gz] = [batch(1, 3), tf.add(batch(2, 2), 1) as Images];
    const near = (found: tf.Tensor, expected: tf.Tensor) =>
      expected.dataSync().forEach((value, i) =>
        assert.ok(Math.abs(found.dataSync()[i] - value) < 1e-5, `expected ${value}`)
      );
    const [real, fake] = critic.judge.together!(x, Gz);
    const both = twin.judge(tf.concat([x, Gz]));
    near(tf.concat([real.score, fake.score]), both.score);
    if (both.code) near(tf.concat([real.code!, fake.code!]), both.code);
    near(critic.judge(Gz).score, fake.score);
    near(critic.judge(tf.slice(x, 1, 1)).score, tf.slice(real.score, 1, 1));
    tf.dispose([...critic.weights, ...critic.remembered!, ...twin.weights] as tf.Variable[]);
  });
}

Deno.test("layer norm in the critic leaves an image's score alone when the other images change", () => {
  const shape: NetworkShape = { size: 16, channels: 1, width: 1 / 16, latentSize: 10 };
  const { judge, weights } = createCritic(shape, { kind: "score", normalisation: "layer", start });
  const [a, b, c] = [1, 2, 3].map((seed) => tf.randomNormal([1, 16, 16, 1], 0, 1, "float32", seed));
  const first = (other: tf.Tensor) =>
    judge(tf.concat([a, other]) as tf.Tensor4D).score.dataSync()[0];
  assert.ok(Math.abs(first(b) - first(c)) < 1e-6);
  tf.dispose(weights as tf.Variable[]);
});

Deno.test("gaussian initialisation: filters N(0, 0.02), gains N(1, 0.02), biases 0, by seed", () => {
  const one = createGenerator(article, start), two = createGenerator(article, start);
  const other = createGenerator(article, { ...start, seed: 2 });
  const [filter, gamma, beta] = one.weights.map((w) => w.dataSync());
  const deviation = (v: ArrayLike<number>, m: number) =>
    Math.sqrt(mean(Array.from(v, (x) => (x - m) ** 2)));
  assert.ok(Math.abs(mean(filter)) < 1e-4); // 819,200 values: a standard error of 2e-5
  assert.ok(Math.abs(deviation(filter, 0) - 0.02) < 1e-4);
  assert.ok(Math.abs(mean(gamma) - 1) < 0.004); // 512 values: 9e-4
  assert.ok(beta.every((v) => v === 0));
  assert.deepEqual(filter, two.weights[0].dataSync());
  assert.notDeepEqual(filter, other.weights[0].dataSync());
  tf.dispose([one, two, other].flatMap((g) => g.weights as tf.Variable[]));
});

Deno.test("glorot initialisation is uniform within √(6 / (fan in + fan out))", () => {
  const { weights } = createCritic(article, {
    kind: "score",
    normalisation: "batch",
    start: { initialisation: "glorot", seed: 1 },
  });
  const filter = weights[3].dataSync(); // 3x3x32x64
  const limit = Math.sqrt(6 / (9 * 32 + 9 * 64));
  assert.ok(filter.every((v) => Math.abs(v) <= limit));
  const variance = mean(filter.map((v) => v * v));
  assert.ok(Math.abs(variance / (limit ** 2 / 3) - 1) < 0.03);
  assert.ok(weights[4].dataSync().every((v) => v === 1));
  tf.dispose(weights as tf.Variable[]);
});
