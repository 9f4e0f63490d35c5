/**
 * Where a training step's time goes: milliseconds of each tfjs kernel in a generator step on WASM, and how often each runs.
 *
 *   deno run -A bench/profile.ts dcgan|wgan-gp|… [size 64] [width 1] [threads 1] [steps 3]
 *
 * A kernel's time is its own, without that of the kernels it calls. "rest" is everything outside kernels: the tape, random
 * numbers, the copy of the batch.
 */
import process from "node:process";
import * as tf from "@tensorflow/tfjs-core";
import { createAverage } from "../train/average.ts";
import { startBackend } from "../train/backend.ts";
import { createCritic } from "../train/critics.ts";
import { train } from "../train/loop.ts";
import { createGenerator, type NetworkShape } from "../train/networks.ts";
import { OBJECTIVES } from "../train/objectives/mod.ts";
import type { Images } from "../train/objectives/objective.ts";
import { createOptimizer } from "../train/optimizers.ts";

interface Use {
  ms: number;
  calls: number;
}

/** Wraps every kernel of the backend; returns the time of each since the last call. */
function watchKernels(backendName: string): () => Map<string, Use> {
  let uses = new Map<string, Use>();
  let inner = 0; // time spent in kernels called by the one that is running
  for (const config of tf.getKernelsForBackend(backendName)) {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel({
      ...config,
      setupFunc: undefined,
      kernelFunc(call) {
        const outer = inner;
        inner = 0;
        const start = performance.now();
        try {
          return config.kernelFunc(call);
        } finally {
          const ms = performance.now() - start;
          const use = uses.get(config.kernelName) ?? { ms: 0, calls: 0 };
          use.ms += ms - inner;
          use.calls++;
          uses.set(config.kernelName, use);
          inner = outer + ms;
        }
      },
    });
  }
  return () => {
    const taken = uses;
    uses = new Map();
    return taken;
  };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

if (import.meta.main) {
  const [name = "dcgan", size = "64", width = "1", threads = "1", steps = "3"] = Deno.args;
  const objective = OBJECTIVES.find((o) => o.name === name);
  if (!objective) {
    console.error(
      `"${name}" is no objective; allowed: ${OBJECTIVES.map((o) => o.name).join(", ")}`,
    );
    Deno.exit(2);
  }
  const batchSize = 64;
  const channels = size === "32" ? 1 : 3;
  const shape: NetworkShape = {
    size: Number(size),
    channels,
    width: Number(width),
    latentSize: 100,
  };
  await startBackend("wasm", Number(threads));
  const take = watchKernels("wasm");
  const recipe = objective.recipes.default;
  const start = { initialisation: recipe.initialisation, seed: 1 };
  const generator = createGenerator(shape, start);
  const normalisation = recipe.criticNormalisation;
  const critic = createCritic(shape, { kind: objective.critic, normalisation, start });
  const warmUp = 1, pretrained = recipe.pretrainSteps ?? 0;
  const run = {
    ...{ objective, recipe, generator, critic, average: createAverage(generator) },
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    ...{ seed: 1, batchSize, step: 0, pretrained, steps: Number(steps) + warmUp },
  };
  const pixels = tf.randomUniform([batchSize, shape.size, shape.size, channels], -1, 1).dataSync();
  const images = () =>
    Promise.resolve(tf.tensor4d(pixels, [batchSize, shape.size, shape.size, channels]) as Images);
  const walls: number[] = [], cpus: number[] = [], profiles: Map<string, Use>[] = [];
  let last = performance.now(), lastCpu = process.cpuUsage();
  for await (const { step, losses } of train(run, images)) {
    await losses;
    const profile = take();
    if (step > warmUp) {
      const { user, system } = process.cpuUsage(lastCpu);
      walls.push(performance.now() - last);
      cpus.push((user + system) / 1000);
      profiles.push(profile);
    }
    last = performance.now();
    lastCpu = process.cpuUsage();
  }
  const names = [...new Set(profiles.flatMap((profile) => [...profile.keys()]))];
  const rows = names.map((name) => {
    const uses = profiles.map((profile) => profile.get(name) ?? { ms: 0, calls: 0 });
    return { name, ms: median(uses.map(({ ms }) => ms)), calls: median(uses.map((u) => u.calls)) };
  }).sort((a, b) => b.ms - a.ms);
  const wall = median(walls);
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  rows.push({ name: "rest", ms: wall - rows.reduce((sum, { ms }) => sum + ms, 0), calls: 0 });
  console.log(
    `${name} ${size}x${size}x${channels}, width ${width}, batch ${batchSize}, ${threads} thread(s): ` +
      `${wall.toFixed(0)} ms a step, ${median(cpus).toFixed(0)} ms of CPU, ${calls} kernel calls`,
  );
  for (const { name, ms, calls } of rows) {
    console.log(
      `${ms.toFixed(1).padStart(9)} ms ${(100 * ms / wall).toFixed(1).padStart(5)} % ${
        String(calls).padStart(4)
      }  ${name}`,
    );
  }
  Deno.exit();
}
