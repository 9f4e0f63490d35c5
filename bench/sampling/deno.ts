/**
 * Times the sampler beside its peers in this process, at one thread count (onnxruntime knows but one):
 *
 *   deno run -A bench/sampling/deno.ts <model folder> <threads> <seconds>
 *
 * Prints JSON: for each batch the times of each contender. With one thread it is the process's processor time,
 * which a busy machine lengthens less; on an idle one it is what the wall's clock says.
 */

import * as tf from "@tensorflow/tfjs-core";
import assert from "node:assert/strict";
import process from "node:process";
import { startWasm } from "../../kernels/mod.ts";
import { loadSampler } from "../../sampler/deno.ts";
import { normal } from "../../sampler/random.ts";
import { loadStock } from "../../tests/sampler/stock_loader.ts";
import { FORMS } from "../onnx/forms.ts";
import { foldedLayers, generatorFile } from "../onnx/generator.ts";
import { startRuntime } from "../onnx/runtime.ts";
import { type Contender, timeRounds, type Times } from "./rounds.ts";

const BATCHES = [1, 16];
const TOLERANCE = 1e-3;

const [folder, threadsText, secondsText] = Deno.args;
const [threads, seconds] = [Number(threadsText), Number(secondsText)];

const wasm = await startWasm(threads, { stock: true });
if (wasm.threads !== threads) throw new Error(wasm.message);

const stock = await loadStock(folder);
const layers = foldedLayers(stock);
const load = await startRuntime(threads);
const sessions = [];
for (const form of FORMS) sessions.push({ form, run: await load(generatorFile(layers, form)) });
const sampler = await loadSampler(folder, { backend: "wasm", threads });
const { latentSize, imageShape: [height, width, channels] } = sampler.card;

const results: Record<number, Times> = {};
for (const batch of BATCHES) {
  const z = normal([1, 0, batch], batch * latentSize);
  const predict = async () => {
    const images = tf.tidy(() => stock.predict(tf.tensor2d(z, [batch, latentSize]))) as tf.Tensor;
    const values = await images.data<"float32">();
    images.dispose();
    return values;
  };
  const expected = await predict();
  assertNear(await sampler.images(z, batch), expected, "the sampler");
  for (const { form, run } of sessions) {
    assertNear(channelsLast(await run(z, batch), batch), expected, `onnxruntime, ${form}`);
  }
  const contenders: Contender[] = [
    { name: "ganlet", every: 1, run: () => sampler.images(z, batch) },
    ...sessions.map(({ form, run }) => ({
      name: `onnxruntime ${form}`,
      every: form === "combined" ? 4 : 1, // never the fastest of them so far
      run: () => run(z, batch),
    })),
    { name: "tfjs", every: batch === 1 ? 8 : 16, run: predict },
  ];
  results[batch] = await timeRounds(contenders, {
    clock: threads === 1 ? processorTime : undefined,
    threads,
    most: batch === 1 ? 200 : 60,
    least: 9,
    seconds,
  });
}
console.log(JSON.stringify(results));
Deno.exit(0); // onnxruntime's threads have no end of their own

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function channelsLast(values: Float32Array, count: number): Float32Array {
  const pixels = height * width;
  const size = pixels * channels;
  return Float32Array.from({ length: count * size }, (_, i) => {
    const [image, pixel, channel] = [
      Math.floor(i / size),
      Math.floor(i % size / channels),
      i % channels,
    ];
    return values[image * size + channel * pixels + pixel];
  });
}

function assertNear(found: Float32Array, expected: Float32Array, what: string): void {
  assert.equal(found.length, expected.length, what);
  const worst = found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
  assert.ok(worst < TOLERANCE, `${what} differs from stock tfjs by ${worst}`);
}
