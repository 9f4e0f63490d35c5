import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // registers the gradients
import assert from "node:assert/strict";
import { folderSource } from "../../../sampler/deno.ts";
import { latent } from "../../../sampler/latent.ts";
import { readFoldedLayers } from "../../../sampler/read_model.ts";
import {
  differentiable,
  type DifferentiableGenerator,
} from "../../../train/invert/differentiable.ts";
import { invert } from "../../../train/invert/invert.ts";
import { comparison, distributionOf } from "../../../train/invert/measure.ts";
import { writeFixtureModel } from "../../sampler/fixture_model.ts";
import { stockImages } from "../../sampler/stock_loader.ts";
import { temporaryFolder } from "../temporary_folder.ts";

await tf.setBackend("cpu");

/** G(z) = (z, 0): what lies off the line cannot be reached. */
const line: DifferentiableGenerator = {
  latentSize: 1,
  imageShape: [1, 2, 1],
  images: (z) => tf.tidy(() => tf.reshape(tf.concat([z, tf.zerosLike(z)], 1), [-1, 1, 2, 1])),
  dispose() {},
};

const near = (found: number, expected: number, tolerance = 1e-3) =>
  assert.ok(Math.abs(found - expected) < tolerance, `${found}, not ${expected}`);

Deno.test("invert() finds the nearest image, and its root mean squared error", async () => {
  const before = tf.memory().numTensors;
  const effort = { candidates: 8, starts: 2, steps: 200 };
  const done: number[] = [];
  const targets = Float32Array.of(0.3, 0.4, -0.5, 0);
  const [off, on] = await invert(line, targets, effort, (share) => done.push(share));
  near(off.z[0], 0.3);
  near(off.rmse, Math.sqrt(0.4 ** 2 / 2));
  near(off.image[0], 0.3);
  assert.equal(off.image[1], 0);
  near(on.z[0], -0.5);
  near(on.rmse, 0);
  assert.equal(done.length, effort.steps);
  assert.equal(done.at(-1), 1);
  assert.ok(done.every((share, i) => i === 0 || share > done[i - 1]));
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("invert() takes the best of its starts", async () => {
  // Two valleys: (z² − 1)² is 0 at ±1, but the second pixel is right at −1 alone
  const valleys: DifferentiableGenerator = {
    ...line,
    images: (z) =>
      tf.tidy(() =>
        tf.reshape(tf.concat([tf.sub(tf.square(z), 1), tf.mul(0.1, z)], 1), [-1, 1, 2, 1])
      ),
  };
  const effort = { candidates: 32, starts: 8, steps: 100 };
  const [{ z, rmse }] = await invert(valleys, Float32Array.of(0, -0.1), effort);
  near(z[0], -1);
  near(rmse, 0);
});

Deno.test("invert() refuses targets of another shape", async () => {
  await assert.rejects(invert(line, new Float32Array(3)), {
    name: "RangeError",
    message: "targets must hold images of 2 numbers (1x2x1), they hold 3",
  });
});

Deno.test("differentiable() draws the stock loader's images, and invert() finds them again", async () => {
  await using folder = await temporaryFolder();
  await writeFixtureModel(folder.path, { size: 8, width: 1 / 32, latentSize: 3 });
  const { layers } = await readFoldedLayers(folderSource(folder.path));
  const z = new Float32Array([...latent(1, 3), ...latent(2, 3)]);
  const expected = await stockImages(folder.path, z, 2);
  const before = tf.memory().numTensors;
  const generator = differentiable(layers);
  assert.deepEqual([generator.latentSize, generator.imageShape], [3, [8, 8, 1]]);
  const images = tf.tidy(() => generator.images(tf.tensor2d(z, [2, 3])).dataSync<"float32">());
  images.forEach((value, i) => near(value, expected[i], 1e-5));

  const found = await invert(generator, expected, { candidates: 64, starts: 2, steps: 120 });
  for (const { rmse } of found) assert.ok(rmse < 0.02, String(rmse));
  generator.dispose();
  assert.equal(tf.memory().numTensors, before);
});

const inversion = (rmse: number) => ({
  ...{ rmse, z: Float32Array.of(0), image: Float32Array.of(rmse) },
});

Deno.test("distributionOf() counts what is near, and gives quartiles", () => {
  const found = [0.3, 0.1, 0.05, 0.2, 0.0999].map(inversion);
  assert.deepEqual(distributionOf(found), {
    ...{ n: 5, near: 2, least: 0.05, lower: 0.1, median: 0.1, upper: 0.2, ninth: 0.3, most: 0.3 },
  });
});

Deno.test("comparison() is a PNG of targets above what was found", () => {
  const picture = comparison(Float32Array.of(0.5, 0.25), [0.2, 0.1].map(inversion), [1, 1, 1]);
  const view = new DataView(picture.buffer);
  assert.deepEqual([view.getUint32(16), view.getUint32(20)], [4, 4]); // two pixels and a gap of 2, each way
});
