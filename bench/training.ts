/**
 * How near to the machine's limit a training step on WASM comes, on one thread and on two.
 *
 *   deno run -A bench/training.ts [--quick]
 *
 * The yardstick R is tfjs's stock 1024x1024x1024 matMul on as many threads, measured in the same process before and after:
 * the larger counts. Efficiency is 2 · (multiply-adds a step) / (its time) / R; see multiply_adds.ts for the counts. Each
 * number of threads runs in a process of its own.
 */
import * as tf from "@tensorflow/tfjs-core";
import { startWasm } from "../kernels/mod.ts";
import { createAverage } from "../train/average.ts";
import { startBackend } from "../train/backend.ts";
import { createCritic } from "../train/critics.ts";
import { train } from "../train/loop.ts";
import { createGenerator, type NetworkShape } from "../train/networks.ts";
import { dcgan } from "../train/objectives/dcgan.ts";
import type { Images, Objective } from "../train/objectives/objective.ts";
import { wganGp } from "../train/objectives/wgan_gp.ts";
import { createOptimizer } from "../train/optimizers.ts";
import { dcganStep, wganGpStep } from "./multiply_adds.ts";

const THREADS = [2, 1];
const large: NetworkShape = { size: 64, channels: 3, width: 1, latentSize: 100 };
const small: NetworkShape = { size: 32, channels: 1, width: 0.5, latentSize: 100 };
const wganGpCount = (shape: NetworkShape) => wganGpStep(shape, wganGp.recipes.default.criticSteps);

interface Case {
  key: string;
  objective: Objective;
  shape: NetworkShape;
  multiplyAdds: number;
}
const CASES: Case[] = [
  { key: "dcgan64", objective: dcgan, shape: large, multiplyAdds: dcganStep(large) },
  { key: "wgan_gp64", objective: wganGp, shape: large, multiplyAdds: wganGpCount(large) },
  { key: "dcgan32", objective: dcgan, shape: small, multiplyAdds: dcganStep(small) },
  { key: "wgan_gp32", objective: wganGp, shape: small, multiplyAdds: wganGpCount(small) },
];

/** How much is measured: images a step by their edge, and of each case at most so many steps and, after two, seconds. */
interface Extent {
  batch: Record<number, number>;
  steps: number;
  seconds: number;
}
const QUICK: Extent = { batch: { 64: 32, 32: 64 }, steps: 6, seconds: 2.5 };
const FULL: Extent = { batch: { 64: 64, 32: 64 }, steps: 16, seconds: 15 };
const ROUNDS = 3;
/** Of pairs: a process alone, then two side by side. */
const SIDE_BY_SIDE_ROUNDS = 2;
/** A process that measures takes one to two minutes at most: longer, and it hangs. */
const LIMIT_MS = 240_000;

/** GFLOPS of tfjs's stock matMul, its best of several. */
async function stockMatMul(threads: number): Promise<number> {
  const backend = await startWasm(threads, { stock: true });
  if (backend.threads !== threads) throw new Error(backend.message);
  const n = 1024;
  const seconds = tf.tidy(() => {
    const [a, b] = [tf.randomUniform([n, n]), tf.randomUniform([n, n])] as tf.Tensor2D[];
    return Array.from({ length: 8 }, () => {
      const start = performance.now();
      tf.matMul(a, b).dispose();
      return (performance.now() - start) / 1000;
    });
  });
  backend.stop();
  return 2 * n ** 3 / Math.min(...seconds) / 1e9;
}

/** Seconds of each generator step after one to warm up, in this process. */
async function timeSteps({ objective, shape }: Case, extent: Extent): Promise<number[]> {
  const recipe = { ...objective.recipes.default, r1: 0 }; // the multiply-adds counted are those of the objective alone
  const start = { initialisation: recipe.initialisation, seed: 1 };
  const generator = createGenerator(shape, start);
  const normalisation = recipe.criticNormalisation;
  const critic = createCritic(shape, { kind: objective.critic, normalisation, start });
  const batch = extent.batch[shape.size];
  const run = {
    ...{ objective, recipe, generator, critic, average: createAverage(generator) },
    generatorOptimizer: createOptimizer(recipe.generatorOptimizer, generator.weights),
    criticOptimizer: createOptimizer(recipe.criticOptimizer, critic.weights),
    ...{ seed: 1, batchSize: batch, step: 0, pretrained: 0, steps: extent.steps + 1 },
  };
  const imageShape: [number, number, number, number] = [
    ...[batch, shape.size, shape.size] as const,
    shape.channels,
  ];
  const pixels = Float32Array.from(
    { length: batch * shape.size ** 2 * shape.channels },
    () => 2 * Math.random() - 1,
  );
  const images = () => Promise.resolve(tf.tensor4d(pixels, imageShape) as Images);
  const seconds: number[] = [];
  const first = performance.now();
  let last = first;
  for await (const { step, losses } of train(run, images)) {
    await losses;
    const now = performance.now();
    if (step > 1) seconds.push((now - last) / 1000);
    last = now;
    if (seconds.length >= 2 && now - first > 1000 * extent.seconds) break;
  }
  tf.disposeVariables();
  return seconds;
}

interface Measured {
  stock: number[];
  seconds: Record<string, number[]>;
}

/** What a process of `threads` threads measures. */
async function measure(threads: number, extent: Extent): Promise<Measured> {
  const stock = [await stockMatMul(threads)];
  const backend = await startBackend("wasm", threads);
  const seconds: Measured["seconds"] = {};
  for (const one of CASES) seconds[one.key] = await timeSteps(one, extent);
  backend.stop();
  stock.push(await stockMatMul(threads));
  return { stock, seconds };
}

async function measureApart(threads: number, extent: Extent): Promise<Measured> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, "--child", String(threads), JSON.stringify(extent)],
    stderr: "inherit",
    signal,
  }).output();
  const run = `the run on ${threads} ${threads === 1 ? "thread" : "threads"}`;
  if (signal.aborted) throw new Error(`${run} was not done after ${LIMIT_MS / 1000} s`);
  if (!success) throw new Error(`${run} failed`);
  // tfjs greets on stdout; the result is the last line.
  return JSON.parse(new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1)!);
}

/** How many times longer a step takes while another process, on one thread too, does the same: the worst case's. */
async function sideBySide(): Promise<number> {
  const alone: Measured[] = [], both: Measured[] = [];
  for (let round = 0; round < SIDE_BY_SIDE_ROUNDS; round++) {
    alone.push(await measureApart(1, QUICK));
    both.push(...await Promise.all([measureApart(1, QUICK), measureApart(1, QUICK)]));
  }
  const time = (runs: Measured[], key: string) => median(runs.flatMap((run) => run.seconds[key]));
  const slower = CASES.map(({ key }) => time(both, key) / time(alone, key));
  const list = slower.map((times, i) => `${CASES[i].key} ${times.toFixed(2)}`).join(", ");
  console.log(`Two runs side by side, one thread each, times one alone: ${list}`);
  return Math.max(...slower);
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Prints the table and returns its figures. */
export async function benchTraining(
  { quick }: { quick: boolean },
): Promise<Record<string, number>> {
  const extent = quick ? QUICK : FULL;
  const runs = new Map(THREADS.map((threads) => [threads, [] as Measured[]]));
  for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
    for (const threads of THREADS) runs.get(threads)!.push(await measureApart(threads, extent));
  }
  const figures: Record<string, number> = {};
  console.log(`Training on WASM: seconds a generator step, median (range)`);
  console.log(
    "step              batch  M multiply-adds/image  threads  seconds                   GFLOPS      R  efficiency",
  );
  const medians = new Map<string, number>();
  for (const { key, objective, shape, multiplyAdds } of CASES) {
    for (const threads of THREADS) {
      const measured = runs.get(threads)!;
      const seconds = measured.flatMap((one) => one.seconds[key]);
      const R = Math.max(...measured.flatMap((one) => one.stock));
      const time = median(seconds);
      medians.set(`${key} ${threads}`, time);
      const batch = extent.batch[shape.size];
      const rate = 2 * multiplyAdds * batch / time / 1e9;
      const range = `(${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)})`;
      const name = `${objective.title} ${shape.size}x${shape.size}x${shape.channels}`;
      console.log(
        `${name.padEnd(17)} ${String(batch).padStart(5)} ${
          (multiplyAdds / 1e6).toFixed(1).padStart(21)
        } ` +
          `${String(threads).padStart(8)}  ${time.toFixed(3)} ${range.padEnd(18)} ` +
          `${rate.toFixed(1).padStart(6)} ${R.toFixed(1).padStart(6)}  ${(rate / R).toFixed(2)}`,
      );
      const suffix = threads === 2 ? "" : `_${threads}_thread`;
      figures[`${key}_seconds${suffix}`] = time;
      figures[`${key}_efficiency${suffix}`] = rate / R;
      figures[`stock_gflops${suffix}`] = R;
    }
    figures[`${key}_batch`] = extent.batch[shape.size];
    figures[`${key}_scaling`] = medians.get(`${key} 1`)! / medians.get(`${key} 2`)!;
    console.log(
      `${"".padEnd(17)} from one thread to two: ${figures[`${key}_scaling`].toFixed(2)} times`,
    );
  }
  figures.scaling = Math.min(figures.dcgan64_scaling, figures.wgan_gp64_scaling);
  if (!quick) figures.side_by_side = await sideBySide();
  return figures;
}

if (import.meta.main) {
  const [flag, threads, extent] = Deno.args;
  if (flag === "--child") {
    console.log(JSON.stringify(await measure(Number(threads), JSON.parse(extent))));
    Deno.exit();
  }
  await benchTraining({ quick: Deno.args.includes("--quick") });
}
