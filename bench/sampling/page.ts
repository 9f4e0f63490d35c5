/** The page that times the sampler beside its peers in a browser; bench/browser/main.ts drives it. */

import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { loadSampler } from "../../sampler/mod.ts";
import { normal } from "../../sampler/random.ts";
import { FORMS } from "../onnx/forms.ts";
import type { Runtime } from "../onnx/runtime.ts";
import { type Contender, timeRounds, type Times } from "./rounds.ts";

const BATCHES = [1, 16];

/** Times by batch. */
async function measure(model: string, threads: number, seconds: number) {
  setThreadsCount(threads);
  setWasmPaths("/tfjs/");
  await tf.setBackend("wasm");
  const stock = await loadLayersModel(`/models/${model}/model.json`);

  const runtime: Runtime = await import(
    new URL("/ort/ort.wasm.bundle.min.mjs", location.href).href
  );
  runtime.env.wasm.numThreads = threads;
  runtime.env.wasm.wasmPaths = "/ort/";
  runtime.env.logLevel = "error";
  const sessions = [];
  for (const form of FORMS) {
    const file = new Uint8Array(await (await fetch(`/models/${model}/${form}.onnx`)).arrayBuffer());
    const session = await runtime.InferenceSession.create(file, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
    sessions.push({ form, session });
  }

  const builds = ["relaxed", "relaxed-shared", "plain", "plain-shared"]
    .map((build) => `sampler-${build}.wasm`);
  const sampler = await loadSampler(`/models/${model}`, {
    backend: "wasm",
    wasmFiles: {
      builds: Object.fromEntries(builds.map((name) => [name, `/${name}`])),
      worker: "/worker.js",
      thread: "/thread.js",
    },
  });
  if (sampler.threads !== threads) throw new Error(`${sampler.message}, not ${threads}`);

  const { latentSize } = sampler.card;
  const results: Record<number, Times> = {};
  for (const batch of BATCHES) {
    const z = normal([1, 0, batch], batch * latentSize);
    const contenders: Contender[] = [
      { name: "ganlet", every: 1, run: () => sampler.images(z, batch) },
      ...sessions.map(({ form, session }) => ({
        name: `onnxruntime ${form}`,
        every: form === "combined" ? 4 : 1,
        run: async () => {
          const input = new runtime.Tensor("float32", z, [batch, latentSize]);
          return (await session.run({ z: input }))[session.outputNames[0]].data;
        },
      })),
      {
        name: "tfjs",
        every: batch === 1 ? 8 : 16,
        run: async () => {
          const images = tf.tidy(() => stock.predict(tf.tensor2d(z, [batch, latentSize])));
          await (images as tf.Tensor).data();
          (images as tf.Tensor).dispose();
        },
      },
    ];
    results[batch] = await timeRounds(contenders, {
      threads,
      most: batch === 1 ? 200 : 60,
      least: 9,
      seconds,
    });
  }
  return results;
}

Object.assign(globalThis, { measure });
