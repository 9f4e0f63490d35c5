/**
 * Seconds a generator step takes, WGAN-GP at 32x32x1, half width, batch 64, on WASM: one thread beside two. Each count
 * runs in a process of its own, the counts in turn, so that a busy machine is busy for both.
 *
 *   deno run -A bench/training.ts [--quick]
 */
import * as tf from "@tensorflow/tfjs-core";
import { startBackend } from "../train/backend.ts";
import { createAverage } from "../train/average.ts";
import { train } from "../train/loop.ts";
import { createCritic } from "../train/critics.ts";
import { createGenerator, type NetworkShape } from "../train/networks.ts";
import { wganGp } from "../train/objectives/wgan_gp.ts";
import type { Images } from "../train/objectives/objective.ts";
import { createOptimizer } from "../train/optimizers.ts";

const THREADS = [1, 2];
const BATCH = 64;
const shape: NetworkShape = { size: 32, channels: 1, width: 0.5, latentSize: 100 };

/** Seconds of each of `steps` generator steps after two to warm up, in this process. */
async function timeSteps(threads: number, steps: number): Promise<number[]> {
  const backend = await startBackend("wasm", threads);
  const recipe = wganGp.recipes.default;
  const start = { initialisation: recipe.initialisation, seed: 1 };
  const generator = createGenerator(shape, start);
  const critic = createCritic(shape, {
    kind: wganGp.critic,
    normalisation: recipe.criticNormalisation,
    start,
  });
  const warmUp = 2;
  const run = {
    ...{ objective: wganGp, recipe, generator, critic, average: createAverage(generator) },
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    ...{ seed: 1, batchSize: BATCH, step: 0, pretrained: 0, steps: steps + warmUp },
  };
  const images = () =>
    Promise.resolve(tf.randomUniform([BATCH, shape.size, shape.size, 1], -1, 1) as Images);
  const seconds: number[] = [];
  let last = performance.now();
  for await (const { step } of train(run, images)) {
    const now = performance.now();
    if (step > warmUp) seconds.push((now - last) / 1000);
    last = now;
  }
  backend.stop();
  return seconds;
}

/** Prints the table and returns its figures. */
export async function benchTraining(
  { quick }: { quick: boolean },
): Promise<Record<string, number>> {
  const [rounds, steps] = quick ? [2, 4] : [5, 10];
  const times = new Map(THREADS.map((threads) => [threads, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const threads of THREADS) {
      const { stdout, success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", import.meta.filename!, "--child", String(threads), String(steps)],
        stderr: "inherit",
      }).output();
      if (!success) throw new Error(`the run on ${threads} threads failed`);
      times.get(threads)!.push(...JSON.parse(new TextDecoder().decode(stdout)));
    }
  }

  const rows = THREADS.map((threads) => {
    const sorted = times.get(threads)!.sort((a, b) => a - b);
    return { threads, median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1)! };
  });
  const figures: Record<string, number> = {};
  console.log("WGAN-GP 32x32x1, width 0.5, batch 64: seconds a generator step (5 critic steps)");
  console.log("threads   median   least    most   images/s   times one thread");
  for (const { threads, median, least, most } of rows) {
    const scaling = rows[0].median / median;
    figures[`wgan_gp32_seconds_${threads}`] = median;
    const cells = [median, least, most].map((s) => s.toFixed(3).padStart(8)).join("");
    const rate = (BATCH * wganGp.recipes.default.criticSteps / median).toFixed(0);
    console.log(
      `${String(threads).padStart(7)} ${cells} ${rate.padStart(10)} ${
        scaling.toFixed(2).padStart(18)
      }`,
    );
  }
  figures.scaling = rows[0].median / rows[1].median;
  return figures;
}

if (import.meta.main) {
  const [flag, threads, steps] = Deno.args;
  if (flag === "--child") {
    console.log(JSON.stringify(await timeSteps(Number(threads), Number(steps))));
    Deno.exit();
  }
  await benchTraining({ quick: Deno.args.includes("--quick") });
}
