import assert from "node:assert/strict";
import type { BackendName } from "../../sampler/backend.ts";
import { loadSampler } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import { writeFixtureModel } from "./fixture_model.ts";
import { stockImages } from "./stock_loader.ts";

const models = [
  { name: "32x32x1 at half width", size: 32, channels: 1, width: 0.5 },
  { name: "64x64x3 at an eighth", size: 64, channels: 3, width: 0.125 },
] as const;

const backends: { backend: BackendName; threads: number; name: string; message: RegExp }[] = [
  {
    backend: "wasm",
    threads: 1,
    name: "WASM, 1 thread",
    message: /^Sampling with WASM, 1 thread$/,
  },
  {
    backend: "wasm",
    threads: 2,
    name: "WASM, 2 threads",
    message: /^Sampling with WASM, 2 threads$/,
  },
  { backend: "webgpu", threads: 1, name: "WebGPU", message: /^Sampling with WebGPU/ },
];

const COUNT = 3;

/** The devices that samplers asked for. */
const devices: GPUDevice[] = [];
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (descriptor) {
  const device = await requestDevice.call(this, descriptor);
  devices.push(device);
  return device;
};

for (const model of models) {
  for (const { backend, threads, name, message } of backends) {
    Deno.test(`the sampler on ${name} reproduces tf.loadLayersModel().predict(), ${model.name}`, async () => {
      const folder = await Deno.makeTempDir();
      try {
        await writeFixtureModel(folder, model);
        const z = normal([11, 0, 0], COUNT * 100);
        const expected = await stockImages(folder, z, COUNT);
        const sampler = await loadSampler(folder, { backend, threads });
        try {
          assert.equal(sampler.backend, backend);
          assert.equal(sampler.threads, threads);
          assert.match(sampler.message, message);
          assertNear(await sampler.images(z, COUNT), expected, 1e-3);
          const pictures = await sampler.sample(z, COUNT);
          assert.equal(pictures.length, COUNT);
          pictures.forEach(({ width, height, data }, i) => {
            assert.deepEqual([width, height], [model.size, model.size]);
            const size = model.size ** 2 * model.channels;
            const image = expected.subarray(i * size, (i + 1) * size);
            assertSamePixels(data, image, model.channels);
          });
        } finally {
          sampler.dispose();
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    });
  }
}

Deno.test("a sampler whose WebGPU device is lost says so, and the next one starts on a new device", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 8, width: 1 / 16 });
    const z = normal([12, 0, 0], 100);
    const expected = await stockImages(folder, z, 1);
    const lost = await loadSampler(folder, { backend: "webgpu" });
    const [device] = devices;
    device.destroy();
    await device.lost;
    await new Promise((resolve) => setTimeout(resolve)); // until everybody has heard
    await assert.rejects(lost.images(z), { type: "backend", message: /^WebGPU stopped: / });

    const next = await loadSampler(folder, { backend: "webgpu" });
    lost.dispose();
    assertNear(await next.images(z), expected, 1e-3);
    next.dispose();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function assertNear(found: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(found.length, expected.length);
  const spread = Math.max(...expected) - Math.min(...expected);
  assert.ok(spread > 1, "a flat image would prove nothing");
  const largest = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
  assert.ok(largest <= tolerance, `differs by ${largest}`);
}

/** Every channel within 2 of 255, alpha opaque. */
function assertSamePixels(rgba: Uint8ClampedArray, image: Float32Array, channels: number): void {
  assert.equal(rgba.length, image.length / channels * 4);
  for (let pixel = 0; pixel < rgba.length / 4; pixel++) {
    assert.equal(rgba[pixel * 4 + 3], 255);
    for (let colour = 0; colour < 3; colour++) {
      const value = image[pixel * channels + (channels === 3 ? colour : 0)];
      const difference = Math.abs(rgba[pixel * 4 + colour] - (value + 1) * 127.5);
      assert.ok(difference <= 2, `pixel ${pixel} differs by ${difference}`);
    }
  }
}
