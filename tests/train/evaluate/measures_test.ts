import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { normal } from "../../../sampler/random.ts";
import type { Reading } from "../../../train/evaluate/classifier.ts";
import { manifoldOf } from "../../../train/evaluate/manifold.ts";
import { confidences, measure } from "../../../train/evaluate/measures.ts";

await tf.setBackend("cpu");
const N = 40;
const questions = [
  { name: "hair", values: ["none", "bun"] },
  { name: "mouth", values: ["smile", "sad", "laugh"] },
];

/** Images whose answers are `answers`, each with probability `sure` and the rest spread evenly. */
function readingOf(answers: number[][], sure: number, features: Float32Array): Reading {
  const probabilities = questions.map(({ values }, q) =>
    Float32Array.from(
      answers[q].flatMap((answer) =>
        values.map((_, v) => v === answer ? sure : (1 - sure) / (values.length - 1))
      ),
    )
  );
  return { count: answers[0].length, features, probabilities };
}

const every = (f: (i: number) => number) => Array.from({ length: N }, (_, i) => f(i));

Deno.test("measure() compares attributes read with true ones, the mean over the questions", async () => {
  const features = normal([1, 310, 0], N * 128);
  const truth = [every((i) => i % 2), every((i) => i % 4 === 0 ? 2 : i % 2)];
  const reading = readingOf([every(() => 0), every((i) => i % 2)], 0.8, features);
  const real = {
    split: "test" as const,
    pixels: new Uint8Array(),
    reading: readingOf(truth, 0.9, features),
    labels: truth.map((labels) => Uint8Array.from(labels)),
  };
  const found = await measure(reading, real, questions, await manifoldOf(features, 128));
  // hair: 1, 0 of ½, ½; mouth: ½, ½, 0 of ¼, ½, ¼.
  assert.ok(Math.abs(found.histogram.value - (1 / 2 + 1 / 4) / 2) < 1e-12);
  assert.deepEqual(found.histogram.missing, ["hair: bun", "mouth: laugh"]);
  assert.deepEqual(found.histogram.modes, { found: 3, of: 5 });
  assert.deepEqual(found.histogram.shares.mouth, { smile: 0.5, sad: 0.5, laugh: 0 });
  // The same features on both sides: each image is in its own ball at least.
  assert.ok(Math.abs(found.frechet) < 1e-4, `${found.frechet}`);
  assert.equal(found.precision, 1);
  assert.equal(found.coverage, 1);
});

Deno.test("confidences() is the likeliest answer's probability, the mean over the questions", () => {
  const probabilities = [
    Float32Array.of(0.25, 0.75, 1, 0),
    Float32Array.of(0.5, 0.25, 0.25, 0, 0, 1),
  ];
  const found = confidences({ count: 2, features: new Float32Array(), probabilities }, questions);
  assert.deepEqual([...found], [0.625, 1]);
});
