import assert from "node:assert/strict";
import { countGpuWork } from "../../bench/gpu_work.ts";
import { loadSampler } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import type { Sampler } from "../../sampler/sampler.ts";
import { type FixtureOptions, writeFixtureModel } from "./fixture_model.ts";
import { stockImages } from "./stock_loader.ts";

/** The device that the samplers share. */
let device: GPUDevice | undefined;
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  return device = await requestDevice.call(this, descriptor);
};

/** A model's sampler on WebGPU while `test` runs. */
async function withSampler(
  options: Partial<FixtureOptions>,
  test: (sampler: Sampler, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, options);
    const sampler = await loadSampler(folder, { backend: "webgpu" });
    try {
      await test(sampler, folder);
    } finally {
      sampler.dispose();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const worst = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

// Sizes that are no multiples of 4, of a tile's edges, nor of the numbers of images that have buffers of their own.
const ODD: [options: Partial<FixtureOptions>, count: number][] = [
  [{ size: 8, channels: 3, width: 5 / 512, latentSize: 6 }, 17],
  [{ size: 16, channels: 1, width: 37 / 512, latentSize: 3 }, 5],
  [{ size: 8, channels: 3, width: 3 / 512, latentSize: 7 }, 70],
];
for (const [options, count] of ODD) {
  const { size, channels, latentSize } = options;
  Deno.test(`${count} images of ${size}x${size}x${channels} of latents of ${latentSize} on WebGPU equal tf.loadLayersModel().predict()'s`, () =>
    withSampler(options, async (sampler, folder) => {
      const z = normal([3, 0, 0], count * latentSize!);
      const expected = await stockImages(folder, z, count);
      assert.ok(Math.max(...expected) - Math.min(...expected) > 0.5);
      const found = await sampler.images(z, count);
      assert.equal(found.length, expected.length);
      assert.ok(worst(found, expected) < 1e-3);
    }));
}

Deno.test("a sample on WebGPU is one upload and a dispatch a layer, and allocates nothing", () =>
  withSampler({ size: 16, width: 1 / 16, latentSize: 8 }, async (sampler) => {
    const layers = 3;
    for (const count of [1, 5, 16, 64]) {
      const z = normal([4, 0, 0], count * 8);
      await sampler.sample(z, count); // makes the buffers of so many images
      const counter = countGpuWork();
      await sampler.sample(z, count);
      counter.stop();
      const { uploadedBytes, ...work } = counter.take();
      assert.equal(uploadedBytes, z.byteLength);
      assert.deepEqual(work, {
        dispatches: layers,
        submits: 1,
        uniforms: 0,
        uploads: 1,
        copies: 1,
        readBacks: 1,
        allocations: 0,
      });
    }
  }));

Deno.test("overlapping calls on WebGPU give each its own images", () =>
  withSampler({ size: 8, width: 1 / 16, latentSize: 8 }, async (sampler) => {
    const latents = [1, 2, 3, 4].map((seed) => normal([seed, 0, 0], 16));
    const alone: Float32Array[] = [];
    for (const z of latents) alone.push(await sampler.images(z, 2));
    assert.deepEqual(await Promise.all(latents.map((z) => sampler.images(z, 2))), alone);
    assert.ok(worst(alone[0], alone[1]) > 0.1);
  }));

Deno.test("a sampler whose GPU has refused work says so, as the rest would be zeros", () =>
  withSampler({ size: 8, width: 1 / 16, latentSize: 8 }, async (sampler) => {
    device!.createBuffer({ size: 16, usage: 0xffff });
    await device!.lost;
    await assert.rejects(sampler.images(normal([1, 0, 0], 8)), {
      type: "backend",
      message: /^WebGPU stopped: .*usage/i,
    });
  }));
