import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { normal } from "../../../sampler/random.ts";
import { startBackend } from "../../../train/backend.ts";
import { fitSurrogate } from "../../../train/directions/surrogate.ts";

await startBackend("wasm", 1);

const attributes = [{ name: "side", values: ["left", "right"] }, { name: "size", values: null }];
const latentSize = 2;
const z = normal([5, 0, 0], 4000 * latentSize);
/** Right where z₀ is positive, of which it is never surer than 0.8; a size of z₁. */
const targets = [
  Float32Array.from(
    { length: 8000 },
    (_, i) => (z[2 * Math.floor(i / 2)] > 0) === (i % 2 === 1) ? 0.8 : 0.2,
  ),
  Float32Array.from({ length: 4000 }, (_, i) => z[2 * i + 1]),
];

Deno.test("fitSurrogate() learns a question's probabilities and a quantity, and leaves its weights alone", () => {
  const before = tf.memory().numTensors;
  const surrogate = fitSurrogate({ z, latentSize }, attributes, targets, 1);
  const [side, size] = tf.tidy(() =>
    surrogate.read(tf.tensor2d([[-1, 0.5], [1, -1.5]])).map((part) => part.arraySync())
  );
  const isSure = (probability: number) => Math.abs(probability - 0.8) < 0.07;
  assert.ok(isSure(side[0][0]) && isSure(side[1][1]), JSON.stringify(side));
  side.forEach(([left, right]) => assert.ok(Math.abs(left + right - 1) < 1e-5));
  assert.ok(
    Math.abs(size[0][0] - 0.5) < 0.2 && Math.abs(size[1][0] + 1.5) < 0.2,
    JSON.stringify(size),
  );
  surrogate.dispose();
  assert.equal(tf.memory().numTensors, before);
});
