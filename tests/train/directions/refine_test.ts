import * as tf from "@tensorflow/tfjs-core";
import { startBackend } from "../../../train/backend.ts";
import assert from "node:assert/strict";
import { normal } from "../../../sampler/random.ts";
import { type Draft, refine } from "../../../train/directions/refine.ts";
import type { Reader } from "../../../train/directions/surrogate.ts";

await startBackend("wasm", 1);

const latentSize = 3;
const z = normal([3, 0, 0], 640 * latentSize);
const attributes = [
  { name: "a", values: ["no", "yes"] },
  { name: "b", values: ["no", "yes"] },
  { name: "c", values: null },
];

/** Yes to `a` follows z₀, yes to `b` z₁, and `c` is z₂. */
const reader: Reader = {
  read: (x) => {
    const [a, b, c] = tf.split(x, 3, 1) as tf.Tensor2D[];
    const question = (along: tf.Tensor2D) => {
      const yes = tf.sigmoid(tf.mul(along, 4));
      return tf.concat([tf.sub(1, yes), yes], 1) as tf.Tensor2D;
    };
    return [question(a), question(b), c];
  },
  dispose() {},
};

const draft = (changes: Partial<Draft>): Draft => ({
  ...{ attribute: 0, ends: { minus: [0], plus: [1] }, start: [0.6, 0.8, 0], halfway: [2, 2, 0] },
  ...{ allowed: [1, 0.1, 0.1], separation: 1, gain: 0.7 },
  ...changes,
});
const refined = (...drafts: Draft[]) =>
  refine(reader, attributes, drafts, { z, latentSize }, 2, { steps: 150, batch: 64, rate: 0.01 });

Deno.test("refine() turns away from what changes another question, as far as it is not allowed", () => {
  const before = tf.memory().numTensors;
  const [still, free] = refined(draft({}), draft({ start: [0.8, 0.6, 0], allowed: [1, 1, 1] }));
  // From −2 to 2 along v, z₁ moves by 4 v₁: about 1.6 |v₁| of the samples change, which may be 0.1
  assert.ok(Math.abs(still[1]) < 0.1, String(still));
  assert.ok(still[0] > 0.98, String(still));
  // All is reached where it begins: v·halfway = 2.8, and z₀ changes its sign where |z₀| < 1.6, in 89 %
  [0.8, 0.6, 0].forEach((value, i) => assert.ok(Math.abs(free[i] - value) < 0.05, String(free)));
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("refine() turns to what the ends are told by, and away from a quantity", () => {
  // Told by z₀ alone, from 0.5 of it on; and from what moves `c`, which changes by a deviation where |v₂| is above 0.25
  const [told, quiet] = refined(
    draft({ start: [0.1, 0.99, 0], halfway: [2, 0, 0], allowed: [1, 1, 1] }),
    draft({ start: [0.6, 0, 0.8], halfway: [2, 0, 0] }),
  );
  assert.ok(told[0] > 0.45, String(told));
  assert.ok(Math.abs(quiet[2]) < 0.2, String(quiet));
});

Deno.test("refine() of a quantity asks for a deviation more of it", () => {
  const [more] = refined(
    draft({
      attribute: 2,
      ends: null,
      start: [0, 0.99, 0.1],
      halfway: [0, 0, 1.1],
      allowed: [1, 1, 1],
    }),
  );
  assert.ok(more[2] > 0.85, String(more)); // told well enough from 1 / 1.1 on
});
