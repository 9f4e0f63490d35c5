import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import { folderSource } from "../../sampler/deno.ts";
import type { Layer } from "../../sampler/layers.ts";
import { type Plan, planOf } from "../../sampler/plan.ts";
import { normal } from "../../sampler/random.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { createArena } from "../../sampler/wasm/arena.ts";
import { type EngineOptions, startEngine, type WasmEngine } from "../../sampler/wasm/engine.ts";
import { buildName } from "../../sampler/wasm/files.ts";
import type { Weight } from "../../sampler/weights.ts";
import { type FixtureOptions, writeFixtureModel } from "./fixture_model.ts";
import { stockImages } from "./stock_loader.ts";

type Simd = "relaxed" | "plain";

async function withEngine(
  { simd, ...options }: { simd: Simd } & Omit<EngineOptions, "binary">,
  test: (engine: WasmEngine) => Promise<void>,
): Promise<void> {
  const name = buildName({ simd, ...options });
  const binary = await Deno.readFile(new URL(`../../kernels/built/${name}`, import.meta.url));
  const engine = await startEngine({ ...options, binary });
  try {
    await test(engine);
  } finally {
    engine.stop();
  }
}

const builds = [
  { simd: "relaxed", threads: 1 },
  { simd: "relaxed", threads: 2 },
  { simd: "plain", threads: 1 },
  { simd: "plain", threads: 2 },
] as const;

function assertNear(found: Float32Array, expected: Float32Array, tolerance: number, what = "") {
  assert.equal(found.length, expected.length);
  const largest = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
  assert.ok(largest <= tolerance, `${what} differs by ${largest}`);
}

const models: [name: string, options: Partial<FixtureOptions>][] = [
  ["32x32x1 at half width", { size: 32, channels: 1, width: 0.5, latentSize: 100 }],
  ["64x64x3 at an eighth", { size: 64, channels: 3, width: 1 / 8, latentSize: 100 }],
  // 45, 23 (blocks of 2x2 pixels), 11 and 6 channels (phase by phase), and no multiple of four latents
  ["64x64x3 with odd channels", { size: 64, channels: 3, width: 45 / 512, latentSize: 7 }],
  ["16x16x1 with odd channels", { size: 16, channels: 1, width: 27 / 512, latentSize: 3 }],
];

for (const [name, options] of models) {
  Deno.test(`the WASM engine reproduces tf.loadLayersModel().predict() on all builds and batches: ${name}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await writeFixtureModel(folder, options);
      const most = 35; // more than two batches of the engine
      const z = normal([11, 0, 0], most * options.latentSize!);
      const expected = await stockImages(folder, z.subarray(0, 18 * options.latentSize!), 18);
      assert.ok(new Set(expected).size > 100, "a flat image proves nothing");
      const size = expected.length / 18;
      for (const build of builds) {
        // planOf() keeps what it read: an engine may take its arrays for good
        const { plan } = await readGenerator(folderSource(folder));
        await withEngine(build, async (engine) => {
          const loaded = engine.load(plan);
          for (const count of [1, 3, 16, most]) {
            const images = await loaded.run(z.subarray(0, count * options.latentSize!), count);
            assert.equal(images.length, count * size);
            const known = Math.min(count, 18) * size;
            const what = `${build.simd}, ${build.threads} threads, ${count} images`;
            assertNear(images.subarray(0, known), expected.subarray(0, known), 1e-3, what);
          }
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

type Pair = [number, number];
interface Case {
  kernel: Pair;
  stride: Pair;
  hidden: number;
  outputs: 1 | 3;
  /** Channels of the first layer, 13 unless told. */
  first?: number;
}
const kernels: Case[] = [
  // More numbers than are kept in 32 bits.
  { kernel: [3, 3], stride: [2, 2], hidden: 66, outputs: 3, first: 150 },
  { kernel: [3, 3], stride: [2, 2], hidden: 20, outputs: 3 },
  { kernel: [3, 3], stride: [2, 2], hidden: 9, outputs: 1 },
  { kernel: [4, 4], stride: [2, 2], hidden: 10, outputs: 1 },
  { kernel: [5, 5], stride: [2, 2], hidden: 17, outputs: 3 },
  { kernel: [3, 3], stride: [1, 1], hidden: 12, outputs: 3 },
  { kernel: [5, 4], stride: [3, 1], hidden: 8, outputs: 1 },
  { kernel: [7, 3], stride: [2, 3], hidden: 5, outputs: 3 },
];

for (const { kernel, stride, hidden, outputs, first = 13 } of kernels) {
  const what = `${kernel.join("x")}, stride ${
    stride.join("x")
  }, ${hidden} then ${outputs} channels`;
  Deno.test(`the WASM engine computes transposed convolutions as tf.conv2dTranspose(): ${what}`, async () => {
    const [height, width, latentSize] = [2, 4, 6];
    const inner = [height * stride[0], width * stride[1]];
    const outer = [inner[0] * stride[0], inner[1] * stride[1]];
    const weight = (seed: number, shape: number[], scale: number): Weight => ({
      shape,
      values: normal([seed, 0, 0], shape.reduce((a, b) => a * b)).map((x) => x * scale),
    });
    const weights = new Map([
      ["dense/kernel", weight(1, [height, width, first, latentSize], 0.4)],
      ["dense/bias", weight(2, [first], 0.2)],
      ["inner/kernel", weight(3, [...kernel, hidden, first], 1 / Math.sqrt(first))],
      ["inner/bias", weight(4, [hidden], 0.2)],
      ["outer/kernel", weight(5, [...kernel, outputs, hidden], 1 / Math.sqrt(hidden))],
      ["outer/bias", weight(6, [outputs], 0.2)],
    ]);
    const layer = (name: string, filters: number, size: Pair, strides: Pair): Layer => ({
      class: "Conv2DTranspose",
      name,
      filters,
      kernel_size: size,
      strides,
      padding: name === "dense" ? "valid" : "same",
      use_bias: true,
    });
    const relu: Layer = { class: "LeakyReLU", name: "relu", alpha: 0.2 };
    const layers: Layer[] = [
      { class: "Reshape", name: "latent", target_shape: [1, 1, latentSize] },
      ...[layer("dense", first, [height, width], [1, 1]), relu],
      ...[layer("inner", hidden, kernel, stride), relu],
      layer("outer", outputs, kernel, stride),
      { class: "Activation", name: "image", activation: "tanh" },
    ];
    const imageShape: [number, number, 1 | 3] = [outer[0], outer[1], outputs];
    const plan = () => planOf(layers, weights, { latentSize, imageShape }, "test");

    const count = 7;
    const z = normal([7, 0, 0], count * latentSize);
    await tf.setBackend("cpu");
    const tensor = (name: string) =>
      tf.tensor(weights.get(name)!.values, [...weights.get(name)!.shape]);
    const step = (
      x: tf.Tensor,
      name: string,
      size: number[],
      strides: Pair,
      pad: "same" | "valid",
    ) =>
      tf.add(
        tf.conv2dTranspose(
          x as tf.Tensor4D,
          tensor(`${name}/kernel`) as tf.Tensor4D,
          [count, size[0], size[1], weights.get(`${name}/bias`)!.shape[0]],
          strides,
          pad,
        ),
        tensor(`${name}/bias`),
      );
    const expected = tf.tidy(() => {
      const x = tf.tensor4d(z, [count, 1, 1, latentSize]);
      const a = tf.leakyRelu(step(x, "dense", [height, width], [1, 1], "valid"), 0.2);
      const b = tf.leakyRelu(step(a, "inner", inner, stride, "same"), 0.2);
      return tf.tanh(step(b, "outer", outer, stride, "same")).dataSync<"float32">();
    });
    for (const build of builds.slice(0, 3)) {
      await withEngine(build, async (engine) => {
        const loaded = engine.load(plan());
        const size = expected.length / count;
        for (const n of [1, 3, count]) { // 2, 6 and 14 blocks of 2x2 pixels
          const images = await loaded.run(z.subarray(0, n * latentSize), n);
          const tolerance = first === 13 ? 1e-5 : 5e-4;
          assertNear(images, expected.subarray(0, n * size), tolerance, `${build.simd}, ${n}`);
        }
      });
    }
  });
}

/** A plan whose image is tanh of `values`, whatever z is that holds one 1. */
function constant(values: Float32Array, imageShape: [number, number, 1 | 3]): Plan {
  const bias = new Float32Array(values.length);
  return {
    latentSize: 1,
    imageShape,
    steps: [{ kind: "dense", inputs: 1, matrix: values, bias, slope: null, output: imageShape }],
  };
}

Deno.test("the WASM engine's tanh is Math.tanh() within 3e-7 everywhere", async () => {
  const x = Float32Array.from({ length: 200 * 201 }, (_, i) => (i - 20_100) / 1000);
  for (const build of builds) {
    await withEngine(build, async (engine) => {
      const y = await engine.load(constant(x, [200, 201, 1])).run(Float32Array.of(1), 1);
      assertNear(y, x.map((x) => Math.tanh(x)), 3e-7);
      assert.ok(y.every((y) => y >= -1 && y <= 1));
      assert.equal(y[20_100], 0);
    });
  }
});

Deno.test("the WASM engine makes one channel grey, from black at -1 to white at 1", async () => {
  await withEngine(builds[0], async (engine) => {
    const loaded = engine.load(constant(Float32Array.of(-20, 0, 20, 0.5), [2, 2, 1]));
    assert.deepEqual([...await loaded.pixels(Float32Array.of(1), 1)], [
      ...[0, 0, 0, 255],
      ...[128, 128, 128, 255],
      ...[255, 255, 255, 255],
      ...[186, 186, 186, 255], // (tanh(0.5) + 1) · 127.5 = 186.4
    ]);
  });
});

Deno.test("the WASM engine keeps three channels in their order", async () => {
  await withEngine(builds[0], async (engine) => {
    const values = [-1, 0.2, 1, 0.6, -0.2, -1].map((y) =>
      Math.abs(y) === 1 ? 20 * y : Math.atanh(y)
    );
    const loaded = engine.load(constant(Float32Array.from(values), [1, 2, 3]));
    const bytes = [...await loaded.pixels(Float32Array.of(1), 1)];
    assert.deepEqual(bytes, [0, 153, 255, 255, 204, 102, 0, 255]);
  });
});

Deno.test("the WASM engine gives the same bits on one thread and on two", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 32, width: 1 / 8, latentSize: 20 });
    const count = 16 + 5; // lists of images for each thread, and layers that both share
    const z = normal([12, 0, 0], count * 20);
    const found: Float32Array[] = [];
    for (const threads of [1, 2]) {
      const { plan } = await readGenerator(folderSource(folder));
      await withEngine({ simd: "relaxed", threads }, async (engine) => {
        found.push(await engine.load(plan).run(z, count));
      });
    }
    assert.deepEqual(found[0], found[1]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the WASM engine lets others in between slices, and keeps overlapping calls apart", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { size: 16, width: 1 / 16, latentSize: 5 });
    const { plan } = await readGenerator(folderSource(folder));
    await withEngine({ simd: "relaxed", threads: 1, sliceMs: -1 }, async (engine) => {
      const loaded = engine.load(plan);
      const z = normal([13, 0, 0], 8 * 5);
      const alone = await loaded.run(z, 8);
      let others = 0;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        // Deno may serve one port for as long as it has messages.
        if (++others < 100) port2.postMessage(null);
      };
      port2.postMessage(null);
      const [a, b] = await Promise.all([loaded.run(z, 8), loaded.run(z.subarray(5, 10), 1)]);
      port1.close();
      assert.ok(others > 0);
      assert.deepEqual(a, alone);
      assert.deepEqual(b, alone.subarray(256, 512));
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("the WASM engine frees a plan's memory, and the next plan takes it", async () => {
  await withEngine(builds[0], (engine) => {
    const plan = () => constant(new Float32Array(64 * 64), [64, 64, 1]);
    const first = engine.load(plan());
    const used = engine.used();
    engine.load(plan()).dispose();
    assert.equal(engine.used(), used);
    first.dispose();
    assert.equal(engine.used(), 0);
    return Promise.resolve();
  });
});

Deno.test("createArena() gives whole cache lines of zeros that do not overlap, and fills holes", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 3 });
  const arena = createArena(memory, 100);
  const a = arena.allocate(1), b = arena.allocate(65), c = arena.allocate(64);
  assert.deepEqual([a, b, c], [128, 192, 320]);
  new Uint8Array(memory.buffer).fill(7);
  arena.free(b);
  assert.equal(arena.allocate(128), b);
  assert.ok(new Uint8Array(memory.buffer, b, 128).every((byte) => byte === 0));
  assert.equal(new Uint8Array(memory.buffer)[c], 7);
  arena.free(a);
  assert.equal(arena.allocate(65), 384); // a is too small
  assert.equal(memory.buffer.byteLength, 65_536);
  const large = arena.allocate(100_000);
  assert.equal(memory.buffer.byteLength, 2 * 65_536);
  assert.throws(() => arena.allocate(100_000), RangeError);
  arena.free(large);
  assert.equal(arena.allocate(100_000), large);
  assert.throws(() => arena.free(a), RangeError);
});
