import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { normal } from "../../../sampler/random.ts";
import { startBackend } from "../../../train/backend.ts";
import {
  attributesOf,
  observe,
  standardised,
  usual,
} from "../../../train/directions/attributes.ts";
import { imageReader } from "../../../train/directions/images.ts";
import { onBackend } from "../../../train/evaluate/classifier.ts";
import { type ClassifierCard, shapeOf } from "../../../train/evaluate/classifier_card.ts";
import { initialWeights } from "../../../train/evaluate/classifier_network.ts";
import { toBytes } from "../../../train/evaluate/samples.ts";

await startBackend("wasm", 1);

const [latentSize, side, count] = [5, 32, 40];
const size = side * side * 3;
const matrix = tf.tensor2d(normal([7, 0, 0], latentSize * size), [latentSize, size]);
const generator = {
  ...{ latentSize, imageShape: [side, side, 3] as const },
  images: (z: tf.Tensor2D) =>
    tf.tanh(tf.mul(tf.reshape(tf.matMul(z, matrix), [-1, side, side, 3]), 0.3)) as tf.Tensor4D,
  dispose() {},
};

const two = [{ name: "a", values: ["x", "y", "z"] }, { name: "b", values: ["no", "yes"] }];

function classifierOf(dataset: string, questions = two) {
  const card = {
    dataset: { id: dataset },
    ...{ imageShape: [side, side, 3], channels: [4, 8], files: { "weights.bin": { sha256: "" } } },
    questions,
  } as unknown as ClassifierCard;
  const weights = initialWeights(shapeOf(card), 8);
  return onBackend(card, weights.map((weight) => weight.dataSync<"float32">()));
}

const classifier = classifierOf("faces");
const attributes = attributesOf("faces", classifier.card.questions);
const z = tf.tensor2d(normal([9, 0, 0], count * latentSize), [count, latentSize]);
const seen = await observe(classifier, toBytes(await generator.images(z).data<"float32">()));
const scales = usual(attributes, seen.observed);
const reader = imageReader(generator, classifier, scales)!;

Deno.test("imageReader() reads what observe() sees in the same images, but for their bytes", () => {
  const read = reader.read(z).map((part) => part.dataSync());
  const expected = [
    ...seen.probabilities,
    ...standardised(seen.observed, scales).slice(seen.probabilities.length),
  ];
  assert.deepEqual(read.map(({ length }) => length), expected.map(({ length }) => length));
  expected.forEach((numbers, a) =>
    numbers.forEach((number, i) =>
      assert.ok(
        Math.abs(read[a][i] - number) < 0.05,
        `${attributes[a].name}: ${read[a][i]}, not ${number}`,
      )
    )
  );
});

Deno.test("imageReader() has a gradient of every attribute, as finite differences say", () => {
  const along = tf.tensor2d(normal([10, 0, 0], latentSize), [1, latentSize]);
  attributes.forEach(({ name }, a) => {
    const first = (by: tf.Tensor) =>
      tf.mean(tf.slice(reader.read(tf.add(z, tf.mul(along, by)) as tf.Tensor2D)[a], 0, [-1, 1]));
    const slope = tf.grad(first)(tf.scalar(0)).dataSync()[0];
    const step = 1e-3;
    const [below, above] = [-step, step].map((by) => first(tf.scalar(by)).dataSync()[0]);
    const expected = (above - below) / (2 * step);
    assert.ok(
      Math.abs(slope - expected) < 0.02 * Math.abs(expected) + 1e-3,
      `${name}: ${slope}, not ${expected}`,
    );
  });
});

Deno.test("imageReader() has a gradient where one question is all there is", () => {
  const clothes = classifierOf("fashion-mnist", [two[0]]);
  const only = imageReader(generator, clothes, [null])!;
  const first = (z: tf.Tensor) => tf.mean(tf.slice(only.read(z as tf.Tensor2D)[0], 0, [-1, 1]));
  const slope = tf.grad(first)(z);
  assert.ok(tf.max(tf.abs(slope)).dataSync()[0] > 0);
  clothes.dispose();
});

Deno.test("imageReader() leaves nothing behind, and is null for what is no sum over pixels", () => {
  const before = tf.memory().numTensors;
  const other = imageReader(generator, classifier, scales)!;
  tf.dispose(other.read(z));
  other.dispose();
  assert.equal(tf.memory().numTensors, before);
  const digits = classifierOf("mnist");
  assert.equal(imageReader(generator, digits, [null, null, null, null]), null);
  digits.dispose();
});
