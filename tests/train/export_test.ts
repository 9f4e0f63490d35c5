import * as tfl from "@tensorflow/tfjs-layers";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import { createAverage, freeze } from "../../train/average.ts";
import { toLayersModel } from "../../train/export.ts";
import { createGenerator, type NetworkShape } from "../../train/networks.ts";

await tf.setBackend("cpu");

/** The stock loader on the two files' contents. */
async function load({ modelJson, weightsBin }: Awaited<ReturnType<typeof toLayersModel>>) {
  const { modelTopology, weightsManifest, ...rest } = JSON.parse(modelJson);
  return await tfl.loadLayersModel(tf.io.fromMemory({
    ...rest,
    modelTopology,
    weightSpecs: weightsManifest[0].weights,
    weightData: weightsBin.slice().buffer,
  }));
}

const cases: NetworkShape[] = [
  { size: 32, channels: 1, width: 1 / 64, latentSize: 100 },
  { size: 64, channels: 3, width: 1 / 128, latentSize: 12 },
];
for (const shape of cases) {
  const name = `${shape.size}x${shape.size}x${shape.channels}`;
  Deno.test(`the exported model equals the trainer's own inference graph (${name})`, async () => {
    const generator = createGenerator(shape, { initialisation: "gaussian", seed: 2 });
    // Larger weights than a new generator's: images that use the whole range.
    generator.weights.forEach((w, i) => i % 3 === 0 && w.assign(tf.mul(w, 5)));
    const average = createAverage(generator);
    const frozen = await freeze(generator, average, 1);
    const files = await toLayersModel(frozen, shape);
    const model = await load(files);

    const z = tf.randomNormal([4, shape.latentSize], 0, 1, "float32", 3) as tf.Tensor2D;
    const [ours, stock] = [frozen.infer(z), model.predict(z) as tf.Tensor];
    assert.deepEqual(stock.shape, [4, shape.size, shape.size, shape.channels]);
    const [a, b] = [ours, stock].map((t) => t.dataSync<"float32">());
    const worst = a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0);
    assert.ok(worst < 1e-3, `worst difference ${worst}`);
    assert.ok(Math.max(...a.map(Math.abs)) > 0.5, "the images are nearly grey: a weak test");

    model.dispose();
    frozen.dispose();
    tf.dispose([z, ours, stock, ...generator.weights, ...average.weights]);
  });
}

Deno.test("toLayersModel() stores filters in 2 bytes a weight and vectors in 4", async () => {
  const shape: NetworkShape = { size: 8, channels: 1, width: 1 / 64, latentSize: 10 };
  const generator = createGenerator(shape, { initialisation: "gaussian", seed: 2 });
  const average = createAverage(generator);
  const frozen = await freeze(generator, average, 1);
  const { weightsBin } = await toLayersModel(frozen, shape);
  // Filters 4·4·8·10 + 3·3·1·8 = 1,352 weights; gamma, beta, mean, variance of 8 channels and one bias: 33.
  assert.equal(weightsBin.length, 2 * 1352 + 4 * 33);
  frozen.dispose();
  tf.dispose([...generator.weights, ...average.weights] as tf.Variable[]);
});
