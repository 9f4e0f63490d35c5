import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { createCritic } from "../../train/critics.ts";
import { describeCritic, describeGenerator, describeRows } from "../../train/describe.ts";
import { createGenerator, type NetworkShape } from "../../train/networks.ts";
import { NORMALISATIONS } from "../../train/objectives/objective.ts";

await tf.setBackend("cpu");

const article: NetworkShape = { size: 64, channels: 3, width: 1, latentSize: 100 };
const start = { initialisation: "gaussian", seed: 1 } as const;
const outputs = (rows: ReturnType<typeof describeGenerator>) =>
  rows.map(({ output }) => output.join("x"));
const sum = (rows: ReturnType<typeof describeGenerator>, key: "parameters" | "multiplyAdds") =>
  rows.reduce((n, row) => n + row[key], 0);
const parameters = (weights: readonly tf.Tensor[]) => weights.reduce((n, w) => n + w.size, 0);

Deno.test("describeGenerator() has the article's shapes and 59.2 M multiply-adds at 64x64x3", () => {
  const rows = describeGenerator(article);
  assert.deepEqual(outputs(rows), ["4x4x512", "8x8x256", "16x16x128", "32x32x64", "64x64x3"]);
  // 100·16·512 + 16·9·512·256 + 64·9·256·128 + 256·9·128·64 + 1024·9·64·3
  assert.equal(sum(rows, "multiplyAdds"), 819_200 + 3 * 18_874_368 + 1_769_472);
});

Deno.test("describeCritic() has the article's shapes and 15.0 M multiply-adds at 64x64x3", () => {
  const rows = describeCritic(article, "score", "batch");
  assert.deepEqual(outputs(rows), ["32x32x32", "16x16x64", "8x8x128", "4x4x256", "1x1x1"]);
  // 1024·9·3·32 + 256·9·32·64 + 64·9·64·128 + 16·9·128·256 + 16·256
  assert.equal(sum(rows, "multiplyAdds"), 884_736 + 3 * 4_718_592 + 4096);
});

Deno.test("describeCritic() has the hidden units' layer", () => {
  const rows = describeCritic({ ...article, width: 0.25 }, "score", "none", 256);
  assert.deepEqual(outputs(rows.slice(-2)), ["1x1x64", "1x1x1"]);
  assert.deepEqual(rows.slice(-2).map((row) => row.parameters), [16 * 64 * 64 + 64, 64 + 1]);
});

for (const kind of ["score", "autoencoder"] as const) {
  for (const normalisation of NORMALISATIONS) {
    Deno.test(`the described parameters are the networks' (${kind}, ${normalisation})`, () => {
      const shape: NetworkShape = { size: 32, channels: 1, width: 0.25, latentSize: 100 };
      const generator = createGenerator(shape, start);
      const critic = createCritic(shape, { kind, normalisation, start });
      assert.equal(sum(describeGenerator(shape), "parameters"), parameters(generator.weights));
      assert.equal(
        sum(describeCritic(shape, kind, normalisation), "parameters"),
        parameters(critic.weights),
      );
      tf.dispose([...generator.weights, ...critic.weights] as tf.Variable[]);
    });
  }
}

Deno.test("describeRows() aligns a table and ends with its sums", () => {
  const lines = describeRows("network", [
    { layer: "one", output: [4, 4, 2], parameters: 1200, multiplyAdds: 5 },
    { layer: "two", output: [8, 8, 1], parameters: 34, multiplyAdds: 60_000 },
  ]).split("\n");
  assert.deepEqual(lines, [
    "network  output  parameters  multiply-adds",
    "one       4x4x2       1,200              5",
    "two       8x8x1          34         60,000",
    "                      1,234         60,005",
  ]);
});
