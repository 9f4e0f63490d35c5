import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { ModelError } from "../../../sampler/model_error.ts";
import type { Dataset } from "../../../train/data/dataset.ts";
import { answers, loadClassifier } from "../../../train/evaluate/classifier.ts";
import { classifierWeights, classify } from "../../../train/evaluate/classifier_network.ts";
import { crossEntropy, trainClassifier } from "../../../train/evaluate/classifier_training.ts";
import { questionsOf } from "../../../train/evaluate/questions.ts";
import { temporaryFolder } from "../temporary_folder.ts";
import { writeFixtureClassifier } from "./fixture_classifier.ts";

await tf.setBackend("cpu");

Deno.test("classify() computes what stock layers compute, the features before their activation", () => {
  const shape = { imageShape: [10, 10, 3], channels: [4, 5], values: [3, 2] } as const;
  const weights = classifierWeights(shape).map(({ shape }, i) =>
    tf.randomNormal([...shape], 0, 0.2, "float32", i + 1)
  );
  const leaky = (x: tf.Tensor) => tfl.layers.leakyReLU({ alpha: 0.2 }).apply(x) as tf.Tensor;
  const layer = (made: tfl.layers.Layer, i: number) => (x: tf.Tensor) => {
    made.build(x.shape);
    made.setWeights([weights[2 * i], weights[2 * i + 1]]);
    return made.apply(x) as tf.Tensor;
  };
  const conv = (filters: number, kernelSize: number, i: number) =>
    layer(tfl.layers.conv2d({ filters, kernelSize, strides: 2, padding: "same" }), i);
  const x = tf.randomUniform([2, 10, 10, 3], -1, 1, "float32", 9) as tf.Tensor4D;
  const y = leaky(conv(5, 3, 1)(leaky(conv(4, 5, 0)(x))));
  const expected = layer(tfl.layers.dense({ units: 128 }), 2)(tf.reshape(y, [2, 3 * 3 * 5]));
  const logits = layer(tfl.layers.dense({ units: 5 }), 3)(leaky(expected));
  const found = classify(x, weights);
  assertClose(found.features, expected);
  assertClose(found.logits, logits);
});

function assertClose(found: tf.Tensor, expected: tf.Tensor) {
  assert.deepEqual(found.shape, expected.shape);
  const difference = tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0];
  assert.ok(difference < 1e-5, `differs by ${difference}`);
}

Deno.test("crossEntropy() sums −log p over the questions and averages over the images", () => {
  const logits = tf.tensor2d([[Math.log(3), 0, 0, 0, 0], [0, 0, Math.log(2), 0, 0]]);
  const loss = crossEntropy(logits, [Uint8Array.of(0, 1), Uint8Array.of(2, 0)], [2, 3]);
  // p: 3/4 and 1/3 for the first image, 1/2 and 2/4 for the second.
  const expected = (Math.log(4 / 3) + Math.log(3) + Math.log(2) + Math.log(2)) / 2;
  assert.ok(Math.abs(loss.dataSync()[0] - expected) < 1e-6);
});

Deno.test("answers() gives the likeliest value of each image and its probability", () => {
  const { answer, confidence } = answers(Float32Array.of(0.25, 0.75, 0.5, 0.5), 2);
  assert.deepEqual([...answer], [1, 0]);
  assert.deepEqual([...confidence], [0.75, 0.5]);
});

Deno.test("questionsOf() asks for the class, or for each attribute, or for nothing", () => {
  const facts = { id: "x", title: "x", licence: "x", url: null, count: 2 };
  const images: Dataset = { ...facts, imageShape: [1, 1, 1], pixels: new Uint8Array(2) };
  assert.deepEqual(questionsOf(images), []);
  const labels = Uint8Array.of(0, 2);
  assert.deepEqual(questionsOf({ ...images, labels }), [
    { name: "class", values: ["0", "1", "2"], labels },
  ]);
  const attributes = [{ name: "hair", values: ["none", "bun"], labels }];
  assert.deepEqual(questionsOf({ ...images, attributes }), attributes);
});

Deno.test("trainClassifier() learns to tell bright images from dark ones, a function of the seed", async () => {
  const count = 128;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const dataset: Dataset = {
    ...{ id: "x", title: "x", licence: "x", url: null, count },
    imageShape: [4, 4, 1],
    pixels: Uint8Array.from(
      { length: count * 16 },
      (_, i) => 100 * (Math.floor(i / 16) % 2) + i % 90,
    ),
    labels,
  };
  const recipe = { channels: [4], epochs: 12, shift: 1, mirror: true, drop: 0.1 };
  const losses: number[] = [];
  const tensors = tf.memory().numTensors;
  const train = async (seed: number) =>
    (await trainClassifier(dataset, recipe, seed, ({ loss }) => losses.push(loss))).values;
  const values = await train(1);
  assert.equal(losses.length, 24);
  assert.ok(losses.at(-1)! < losses[0] * 2 / 3, `${losses}`);
  assert.deepEqual(await train(1), values);
  assert.notDeepEqual(await train(2), values);
  assert.equal(tf.memory().numTensors, tensors);
});

Deno.test("loadClassifier() names what is missing, damaged or wrong, in one line", async () => {
  await using folder = await temporaryFolder();
  const refusal = async (change: (card: Record<string, unknown>) => void, damage?: number) => {
    await writeFixtureClassifier(folder.path, { change, damage });
    const error = await loadClassifier(folder.path).catch((error) => error);
    assert.ok(error instanceof ModelError, String(error));
    assert.ok(!error.message.includes("\n"));
    return error.message;
  };
  assert.match(await refusal(() => {}, 7), /weights\.bin is damaged or another classifier's/);
  assert.match(await refusal((card) => delete card.channels), /card\.json: channels is missing/);
  assert.match(
    await refusal((card) => card.channels = [5]),
    /bytes: expected \d+ for these channels/,
  );
  await Deno.writeTextFile(`${folder.path}/card.json`, "{");
  const broken = await loadClassifier(folder.path).catch((error) => error.message);
  assert.match(broken, /card\.json: expected JSON/);
  await Deno.remove(`${folder.path}/card.json`);
  const missing = await loadClassifier(folder.path).catch((error) => error.message);
  assert.match(missing, /card\.json: could not be read \(no such file\)/);
});
