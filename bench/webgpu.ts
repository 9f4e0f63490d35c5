/**
 * What WebGPU is asked to do, by stock tfjs and by ganlet: dispatches, writes and read-backs of a generator step of each
 * objective, and of a call for one image and for 16. Counts, as the GPU may be a software one; the networks are small ones
 * where only the number of layers matters.
 *
 *   deno run -A bench/webgpu.ts [--quick]
 */
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers core's gradients
import { registerGradients } from "../kernels/mod.ts";
import { installWebGpuKernels } from "../kernels/webgpu/mod.ts";
import { loadSampler } from "../sampler/deno.ts";
import { normal } from "../sampler/random.ts";
import { writeFixtureModel } from "../tests/sampler/fixture_model.ts";
import { loadStock } from "../tests/sampler/stock_loader.ts";
import { createAverage } from "../train/average.ts";
import { createCritic } from "../train/critics.ts";
import { train } from "../train/loop.ts";
import { createGenerator, type NetworkShape } from "../train/networks.ts";
import { OBJECTIVES } from "../train/objectives/mod.ts";
import type { Images, Objective } from "../train/objectives/objective.ts";
import { createOptimizer } from "../train/optimizers.ts";
import { countGpuWork, type GpuWork } from "./gpu_work.ts";

const LATENT_SIZE = 100;
const GENERATORS = [
  { name: "32x32x1, width 0.5", size: 32, channels: 1, width: 0.5 },
  { name: "64x64x3, width 0.5", size: 64, channels: 3, width: 0.5 },
  { name: "64x64x3, width 1", size: 64, channels: 3, width: 1 },
] as const;
const TRAINED: NetworkShape = { size: 32, channels: 1, width: 1 / 16, latentSize: 8 };
const BATCH = 4;

/** Prints both tables and returns their figures. */
export async function benchWebGpu({ quick }: { quick: boolean }): Promise<Record<string, number>> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) {
    console.log("WebGPU: no adapter, nothing to count");
    return {};
  }
  console.log(`WebGPU on ${adapter.info.description || adapter.info.vendor}: what is asked of it`);
  const backend = await startStock(adapter);
  const figures: Record<string, number> = {};

  console.log(`\na call for images (stock: tf.loadLayersModel().predict())`);
  console.log(row("generator, images", "", ...COLUMNS.map(([title]) => title)));
  for (const generator of quick ? GENERATORS.slice(0, 1) : GENERATORS) {
    for (const count of quick ? [1] : [1, 16]) {
      const { stock, ours } = await countSampling(generator, count);
      const key = `webgpu_sampling${generator.size}_width${generator.width}_batch${count}`;
      Object.assign(figures, report(`${generator.name}, ${count}`, key, stock, ours));
    }
  }

  console.log(`\na generator step, ${TRAINED.size}x${TRAINED.size}x${TRAINED.channels}`);
  console.log(row("objective", "", ...COLUMNS.map(([title]) => title)));
  registerGradients();
  await tf.setBackend("webgpu");
  const stock = new Map<Objective, GpuWork>();
  for (const objective of OBJECTIVES) stock.set(objective, await countStep(objective));
  const uninstall = installWebGpuKernels(backend);
  for (const objective of OBJECTIVES) {
    const ours = await countStep(objective);
    const key = `webgpu_training_${objective.name}`;
    Object.assign(figures, report(objective.title, key, stock.get(objective)!, ours));
  }
  uninstall();
  tf.removeBackend("webgpu");
  return figures;
}

/** tfjs's backend without anything of ganlet's, on a device with these limits beside the default ones. */
export async function startStock(
  adapter: GPUAdapter,
  requiredLimits: Record<string, number> = {
    maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage,
  },
): Promise<tf.KernelBackend> {
  const device = await adapter.requestDevice({ requiredLimits });
  const backend = new WebGPUBackend(device, adapter.info);
  // tfjs registers one that asks for a device of its own.
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => backend);
  await tf.setBackend("webgpu");
  return backend;
}

/** The work of one call, buffers and programs being there from a first one. */
async function countSampling(
  model: { size: number; channels: 1 | 3; width: number },
  count: number,
): Promise<{ stock: GpuWork; ours: GpuWork }> {
  const folder = await Deno.makeTempDir();
  try {
    await writeFixtureModel(folder, { ...model, latentSize: LATENT_SIZE });
    const z = normal([1, 0, count], count * LATENT_SIZE);
    await tf.setBackend("webgpu");
    const layers = await loadStock(folder);
    const stock = await countSecond(async () => {
      const x = tf.tidy(() => layers.predict(tf.tensor2d(z, [count, LATENT_SIZE]))) as tf.Tensor;
      await x.data();
      x.dispose();
    });
    layers.dispose();
    const sampler = await loadSampler(folder, { backend: "webgpu" });
    const ours = await countSecond(() => sampler.sample(z, count));
    sampler.dispose();
    return { stock, ours };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function countSecond(run: () => Promise<unknown>): Promise<GpuWork> {
  await run();
  const counter = countGpuWork();
  await run();
  counter.stop();
  return counter.take();
}

/** The work of the third generator step, its losses read. */
export async function countStep(objective: Objective): Promise<GpuWork> {
  const recipe = { ...objective.recipes.default, pretrainSteps: 0, r1: 0 }; // as in the figures of before
  const start = { initialisation: recipe.initialisation, seed: 1 };
  const generator = createGenerator(TRAINED, start);
  const critic = createCritic(TRAINED, {
    kind: objective.critic,
    normalisation: recipe.criticNormalisation,
    start,
  });
  const run = {
    ...{ objective, recipe, generator, critic, average: createAverage(generator) },
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    ...{ seed: 1, batchSize: BATCH, step: 0, pretrained: 0, steps: 3 },
  };
  const shape = [BATCH, TRAINED.size, TRAINED.size, TRAINED.channels] as const;
  const size = shape.reduce((a, b) => a * b);
  const images = (i: number) =>
    Promise.resolve(tf.tensor4d(normal([2, 0, i], size), [...shape]) as Images);
  const counter = countGpuWork();
  let work = counter.take();
  for await (const { losses } of train(run, images)) {
    await losses;
    work = counter.take();
  }
  counter.stop();
  const networks = [generator, critic, run.average].flatMap(({ weights }) => [...weights]);
  tf.dispose(networks);
  run.generatorOptimizer.dispose();
  run.criticOptimizer.dispose();
  return work;
}

const COLUMNS: [title: string, key: keyof GpuWork][] = [
  ["dispatches", "dispatches"],
  ["submits", "submits"],
  ["uniforms", "uniforms"],
  ["uploads", "uploads"],
  ["bytes up", "uploadedBytes"],
  ["copies", "copies"],
  ["read-backs", "readBacks"],
  ["allocations", "allocations"],
];

/** Two lines of the table; returns the figures that matter. */
function report(
  name: string,
  key: string,
  stock: GpuWork,
  ours: GpuWork,
): Record<string, number> {
  const cells = (work: GpuWork) => COLUMNS.map(([, key]) => String(work[key]));
  console.log(row(name, "stock tfjs", ...cells(stock)));
  console.log(row("", "ganlet", ...cells(ours)));
  return {
    [`${key}_dispatches_stock`]: stock.dispatches,
    [`${key}_dispatches`]: ours.dispatches,
    [`${key}_uploads`]: ours.uploads + ours.uniforms,
    [`${key}_read_backs`]: ours.readBacks,
  };
}

function row(name: string, who: string, ...cells: string[]): string {
  return name.padEnd(24) + who.padEnd(12) + cells.map((cell) => cell.padStart(12)).join("");
}

if (import.meta.main) {
  await benchWebGpu({ quick: Deno.args.includes("--quick") });
  Deno.exit(); // tfjs's device keeps Deno alive
}
