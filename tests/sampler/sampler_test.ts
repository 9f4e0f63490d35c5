import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import type { Backend } from "../../sampler/backend.ts";
import { loadPlan } from "../../sampler/engine.ts";
import { folderSource, loadSampler } from "../../sampler/deno.ts";
import { latent } from "../../sampler/latent.ts";
import type { Plan } from "../../sampler/plan.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { createSampler, type Sampler } from "../../sampler/sampler.ts";
import { computesRight } from "../../sampler/self_check.ts";
import { writeFixtureModel } from "./fixture_model.ts";

const small = { size: 8, channels: 3, width: 1 / 16, latentSize: 6, id: "small" } as const;

/** A small model in a folder of its own while `test` runs. */
async function withModel(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, small);
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A small model on WASM with one thread while `test` runs. */
function withSampler(test: (sampler: Sampler) => Promise<void>): Promise<void> {
  return withModel(async (folder) => {
    const sampler = await loadSampler(folder, { backend: "wasm", threads: 1 });
    try {
      await test(sampler);
    } finally {
      sampler.dispose();
    }
  });
}

/** What draw() needs of a canvas; Deno has none. */
function fakeCanvas() {
  const painted: ImageData[] = [];
  const context = { putImageData: (picture: ImageData) => painted.push(picture) };
  const canvas = { width: 1, height: 1, getContext: () => context };
  return { painted, canvas: canvas as unknown as OffscreenCanvas };
}

Deno.test("Sampler.images() of many latents are the images of each", () =>
  withSampler(async (sampler) => {
    const count = 70; // more than one batch
    const z = latent(1, count * small.latentSize);
    const all = await sampler.images(z, count);
    const size = 8 * 8 * 3;
    assert.equal(all.length, count * size);
    for (const i of [0, 63, 64, 69]) {
      const one = await sampler.images(z.slice(i * small.latentSize, (i + 1) * small.latentSize));
      const part = all.subarray(i * size, (i + 1) * size);
      assert.ok(one.every((value, k) => Math.abs(value - part[k]) < 1e-6), `image ${i}`);
    }
  }));

Deno.test("Sampler.draw() gives the canvas the image's size and sample()'s pixels", () =>
  withSampler(async (sampler) => {
    const { canvas, painted } = fakeCanvas();
    const z = latent(2, small.latentSize);
    await sampler.draw(canvas, z);
    assert.deepEqual([canvas.width, canvas.height], [8, 8]);
    assert.deepEqual(painted[0].data, (await sampler.sample(z))[0].data);
    assert.ok(new Set(painted[0].data).size > 20, "a flat picture would prove nothing");
  }));

Deno.test("Sampler.draw() leaves the last called of overlapping draws on the canvas", () =>
  withSampler(async (sampler) => {
    const { canvas, painted } = fakeCanvas();
    const latents = [3, 4, 5].map((seed) => latent(seed, small.latentSize));
    await Promise.all(latents.map((z) => sampler.draw(canvas, z)));
    assert.equal(painted.length, 1);
    assert.deepEqual(painted[0].data, (await sampler.sample(latents[2]))[0].data);
  }));

Deno.test("Sampler refuses latents that do not fit, naming the model", () =>
  withSampler(async (sampler) => {
    const refused = (message: string) => ({ name: "ModelError", type: "latent", message });
    const { canvas } = fakeCanvas();
    await assert.rejects(
      sampler.draw(canvas, new Float32Array(5)),
      refused('Cannot sample "small": z must hold 6 numbers, it holds 5'),
    );
    await assert.rejects(
      sampler.sample(new Float32Array(6), 2),
      refused('Cannot sample "small": z must hold 2 times 6 numbers, it holds 6'),
    );
    await assert.rejects(
      sampler.images(new Float32Array(0), 0),
      refused('Cannot sample "small": count must be a whole number from 1, it is 0'),
    );
    await assert.rejects(
      sampler.images(Float32Array.of(0, 0, NaN, 0, 0, 0)),
      refused('Cannot sample "small": z must hold finite numbers, z[2] is NaN'),
    );
  }));

Deno.test("Sampler.dispose() frees every tensor, and sampling leaves none", () =>
  withModel(async (folder) => {
    const before = tf.memory().numTensors;
    const first = await loadSampler(folder, { backend: "wasm", threads: 1 });
    const loaded = tf.memory().numTensors;
    assert.ok(loaded > before);
    const second = await loadSampler(folder, { backend: "wasm", threads: 1 });
    const { canvas } = fakeCanvas();
    for (let seed = 0; seed < 5; seed++) {
      await second.images(latent(seed, 100 * small.latentSize), 100);
      await second.draw(canvas, latent(seed, small.latentSize));
    }
    second.dispose();
    assert.equal(tf.memory().numTensors, loaded);
    first.dispose();
    first.dispose();
    assert.equal(tf.memory().numTensors, before);
  }));

Deno.test("Sampler.dispose() lets a call under way end and refuses the next", () =>
  withModel(async (folder) => {
    await tf.setBackend("cpu");
    const before = tf.memory().numTensors;
    const sampler = await loadSampler(folder, { backend: "wasm", threads: 1 });
    const count = 130; // three batches: the later ones start after dispose()
    const z = latent(1, count * small.latentSize);
    const expected = await sampler.images(z, count);
    const underWay = sampler.images(z, count);
    sampler.dispose();
    assert.deepEqual(await underWay, expected);
    await tf.setBackend("cpu");
    assert.equal(tf.memory().numTensors, before);
    await assert.rejects(sampler.images(z, count), {
      type: "backend",
      message: 'Cannot sample "small": it was disposed',
    });
  }));

Deno.test("the sampler leaves tfjs's current backend as it was", () =>
  withSampler(async (sampler) => {
    await tf.setBackend("cpu");
    const z = latent(1, small.latentSize);
    const [a, b] = await Promise.all([sampler.images(z), sampler.images(z)]);
    assert.equal(tf.getBackend(), "cpu");
    assert.deepEqual(a, b);
  }));

Deno.test("loadSampler(auto) samples with WASM in Deno without a hardware adapter, and says why", () =>
  withModel(async (folder) => {
    const adapter = await navigator.gpu?.requestAdapter();
    const sampler = await loadSampler(folder, { threads: 1 });
    sampler.dispose();
    if (adapter && !adapter.info.isFallbackAdapter) {
      assert.equal(sampler.backend, "webgpu");
    } else {
      const reason = adapter ? "only a software adapter" : "no adapter";
      const expected = `WebGPU is not available (${reason}): sampling with WASM, 1 thread`;
      assert.equal(sampler.message, expected);
    }
  }));

Deno.test("computesRight() accepts tfjs's cpu backend and refuses a wrong product", async () => {
  await tf.setBackend("cpu");
  const onCpu = (plan: Plan) => loadPlan(plan, "cpu");
  assert.equal(await computesRight(onCpu), true);

  const kernel = tf.getKernel("FusedConv2D", "cpu");
  tf.unregisterKernel("FusedConv2D", "cpu");
  tf.registerKernel({
    ...kernel,
    kernelName: "FusedConv2D",
    backendName: "cpu",
    kernelFunc: (args) =>
      kernel.kernelFunc({ ...args, attrs: { ...args.attrs, activation: "relu" } }),
  });
  try {
    assert.equal(await computesRight(onCpu), false);
  } finally {
    tf.unregisterKernel("FusedConv2D", "cpu");
    tf.registerKernel({ ...kernel, kernelName: "FusedConv2D", backendName: "cpu" });
  }
});

Deno.test("a sampler whose device is lost says so, though the device never answers", () =>
  withModel(async (folder) => {
    await tf.setBackend("cpu");
    const generator = await readGenerator(folderSource(folder));
    const backend = {
      name: "cpu" as Backend["name"],
      threads: 1,
      message: "",
      lost: Promise.resolve("the driver was reset"),
    };
    const sampler = createSampler(generator, backend);
    const answer = tf.Tensor.prototype.data;
    tf.Tensor.prototype.data = () => new Promise(() => {});
    try {
      await assert.rejects(sampler.images(latent(1, small.latentSize)), {
        type: "backend",
        message: "WebGPU stopped: the driver was reset",
      });
    } finally {
      tf.Tensor.prototype.data = answer;
      sampler.dispose();
    }
  }));
