/**
 * Milliseconds a call of our sampler takes beside stock tfjs (`tf.loadLayersModel(…).predict()`), at one image and at 16,
 * on the same WASM backend and threads of one process. The two are timed in turn, so that a busy machine is busy for
 * both: the ratio of each pair is what to trust.
 *
 *   deno run -A bench/sampling.ts [--quick]
 */
import * as tf from "@tensorflow/tfjs-core";
import { startWasm } from "../kernels/mod.ts";
import { loadSampler } from "../sampler/deno.ts";
import { normal } from "../sampler/random.ts";
import { writeFixtureModel } from "../tests/sampler/fixture_model.ts";
import { loadStock } from "../tests/sampler/stock_loader.ts";

const LATENT_SIZE = 100;
const MODELS = [
  { name: "32x32x1, width 0.5", size: 32, channels: 1, width: 0.5 },
  { name: "64x64x3, width 1", size: 64, channels: 3, width: 1 },
] as const;
const BATCHES = [1, 16];

interface Pair {
  stock: number;
  ours: number;
}

/** Prints the table and returns its figures. */
export async function benchSampling(
  { quick }: { quick: boolean },
): Promise<Record<string, number>> {
  const cores = navigator.hardwareConcurrency;
  const figures: Record<string, number> = {};
  console.log("Sampling on WASM: milliseconds a call, median (quartiles)");
  console.log(row("model", "threads", "batch", "stock tfjs", "ganlet", "times faster"));
  for (const model of MODELS) {
    const folder = await Deno.makeTempDir();
    try {
      await writeFixtureModel(folder, { ...model, latentSize: LATENT_SIZE });
      for (const threads of new Set([1, cores])) {
        for (const [batch, pairs] of await timePairs(folder, threads, quick)) {
          const stock = quartiles(pairs.map((pair) => pair.stock));
          const ours = quartiles(pairs.map((pair) => pair.ours));
          const ratio = quartiles(pairs.map((pair) => pair.stock / pair.ours));
          const cells = [stock, ours, ratio].map(withSpread);
          console.log(row(model.name, String(threads), String(batch), ...cells));
          const key = `sampling${model.size}_batch${batch}_threads${threads}`;
          figures[`${key}_stock_ms`] = stock.median;
          figures[`${key}_ms`] = ours.median;
          figures[`${key}_ratio`] = ratio.median;
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  return figures;
}

/** Pairs of times by batch, after runs to warm up. */
async function timePairs(folder: string, threads: number, quick: boolean) {
  const stockKernels = tf.getKernelsForBackend("wasm");
  const wasm = await startWasm(threads);
  if (wasm.threads !== threads) throw new Error(wasm.message);
  const ourKernels = tf.getKernelsForBackend("wasm");
  const sampler = await loadSampler(folder, { backend: "wasm" });
  const stock = await loadStock(folder);
  const pairs = new Map<number, Pair[]>();
  try {
    for (const batch of BATCHES) {
      const z = normal([1, 0, batch], batch * LATENT_SIZE);
      const timed: Pair[] = [];
      const [warmUp, count] = quick ? [1, 5] : [3, batch === 1 ? 60 : 20];
      for (let i = 0; i < warmUp + count; i++) {
        // startWasm() brings kernels of ours that speed up stock tfjs's layers as well.
        register(stockKernels);
        const stockMs = await milliseconds(() => predict(stock, z, batch));
        register(ourKernels);
        const oursMs = await milliseconds(() => sampler.images(z, batch));
        if (i >= warmUp) timed.push({ stock: stockMs, ours: oursMs });
      }
      pairs.set(batch, timed);
    }
  } finally {
    stock.dispose();
    sampler.dispose();
    wasm.stop();
  }
  return pairs;
}

function register(kernels: tf.KernelConfig[]): void {
  for (const { kernelName } of tf.getKernelsForBackend("wasm")) {
    tf.unregisterKernel(kernelName, "wasm");
  }
  kernels.forEach(tf.registerKernel);
}

async function predict(
  model: Awaited<ReturnType<typeof loadStock>>,
  z: Float32Array,
  batch: number,
): Promise<void> {
  const images = tf.tidy(() => model.predict(tf.tensor2d(z, [batch, LATENT_SIZE]))) as tf.Tensor;
  await images.data();
  images.dispose();
}

async function milliseconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

interface Quartiles {
  lower: number;
  median: number;
  upper: number;
}

function quartiles(values: number[]): Quartiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor(part * (sorted.length - 1))];
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

function withSpread({ lower, median, upper }: Quartiles): string {
  const [a, b, c] = [median, lower, upper].map((value) => value.toFixed(value < 100 ? 1 : 0));
  return `${a} (${b} to ${c})`;
}

function row(model: string, threads: string, batch: string, ...cells: string[]): string {
  const columns = [model.padEnd(20), threads.padStart(7), batch.padStart(6)];
  return [...columns, ...cells.map((cell) => cell.padStart(24))].join("");
}

if (import.meta.main) await benchSampling({ quick: Deno.args.includes("--quick") });
