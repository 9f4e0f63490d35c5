import assert from "node:assert/strict";
import type { Backend } from "../../sampler/backend.ts";
import { folderSource, loadSampler } from "../../sampler/deno.ts";
import type { LoadedPlan } from "../../sampler/engine.ts";
import { latent } from "../../sampler/latent.ts";
import type { Plan } from "../../sampler/plan.ts";
import { readGenerator } from "../../sampler/read_model.ts";
import { createSampler, type Sampler } from "../../sampler/sampler.ts";
import { computesRight } from "../../sampler/self_check.ts";
import { startEngine } from "../../sampler/wasm/engine.ts";
import { buildName } from "../../sampler/wasm/files.ts";
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

Deno.test("Sampler.draw() leaves a canvas to another sampler's that was called later", () =>
  withModel(async (folder) => {
    const generator = await readGenerator(folderSource(folder));
    const z = latent(3, small.latentSize);
    const { canvas, painted } = fakeCanvas();
    for (const earlier of ["pixels", "draw"] as const) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const late: LoadedPlan = {
        run: () => Promise.reject(new Error("nobody asks for numbers")),
        pixels: () => promise.then(() => new Uint8ClampedArray(8 * 8 * 4)),
        dispose: () => {},
      };
      const onGpu = async (target: () => CanvasRenderingContext2D | null) => {
        await promise;
        target()?.putImageData(await late.pixels(z, 1) as unknown as ImageData, 0, 0);
      };
      const slow = { name: "webgpu" as const, threads: 1, message: "" };
      const first = createSampler(generator, {
        ...slow,
        load: () => earlier === "draw" ? { ...late, draw: onGpu } : late,
      });
      const underWay = first.draw(canvas, z);
      const second = await loadSampler(folder, { backend: "wasm", threads: 1 });
      painted.length = 0;
      await second.draw(canvas, z);
      resolve();
      await underWay;
      assert.equal(painted.length, 1, earlier);
      second.dispose();
    }
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

Deno.test("Sampler.dispose() lets a call under way end and refuses the next", () =>
  withModel(async (folder) => {
    const sampler = await loadSampler(folder, { backend: "wasm", threads: 1 });
    const count = 130; // three batches: the later ones start after dispose()
    const z = latent(1, count * small.latentSize);
    const expected = await sampler.images(z, count);
    const underWay = sampler.images(z, count);
    sampler.dispose();
    assert.deepEqual(await underWay, expected);
    await assert.rejects(sampler.images(z, count), {
      type: "backend",
      message: 'Cannot sample "small": it was disposed',
    });
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

Deno.test("computesRight() accepts our WASM engine and refuses a wrong activation", async () => {
  const binary = await Deno.readFile(
    new URL(`../../kernels/built/${buildName({ threads: 1 })}`, import.meta.url),
  );
  const engine = await startEngine({ threads: 1, binary });
  assert.equal(await computesRight(engine.load), true);
  const withoutSlopes = (plan: Plan) =>
    engine.load({ ...plan, steps: plan.steps.map((step) => ({ ...step, slope: null })) });
  assert.equal(await computesRight(withoutSlopes), false);
  assert.equal(engine.used(), 0);
});

/** A backend whose plans never answer. */
function silentBackend(lost: Promise<string>): Backend & { disposed: number } {
  const never = () => new Promise<never>(() => {});
  const backend = {
    name: "webgpu" as const,
    threads: 1,
    message: "",
    lost,
    disposed: 0,
    load: () => ({ run: never, pixels: never, dispose: () => void backend.disposed++ }),
  };
  return backend;
}

Deno.test("a sampler whose device is lost says so, though the device never answers", () =>
  withModel(async (folder) => {
    const generator = await readGenerator(folderSource(folder));
    const backend = silentBackend(Promise.resolve("the driver was reset"));
    const sampler = createSampler(generator, backend);
    await assert.rejects(sampler.images(latent(1, small.latentSize)), {
      type: "backend",
      message: "WebGPU stopped: the driver was reset",
    });
    sampler.dispose();
    sampler.dispose();
    assert.equal(backend.disposed, 1);
  }));
