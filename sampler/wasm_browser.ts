/** tfjs's WASM backend with only the kernels that a plan runs: a fifth less to load than with all. */

import { getThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm/dist/base.js";
import { concatConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Concat.js";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D.js";
import { identityConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Identity.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape.js";
import { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul.js";
import * as tf from "@tensorflow/tfjs-core";

/** URLs of tfjs's three WASM files by their own names, or the URL of something in their folder. */
export type WasmFiles = string | Record<string, string>;

let started: Promise<{ threads: number; note?: string }> | undefined;

/** Starts the page's one WASM backend, or gives the one that runs. tfjs cannot try again after a failure. */
export function startWasm(files: WasmFiles): Promise<{ threads: number; note?: string }> {
  return started ??= start(files);
}

async function start(files: WasmFiles): Promise<{ threads: number; note?: string }> {
  const configs = [
    _fusedMatMulConfig,
    concatConfig,
    fusedConv2DConfig,
    identityConfig,
    reshapeConfig,
  ];
  for (const config of configs) {
    if (!tf.getKernel(config.kernelName, "wasm")) tf.registerKernel(config);
  }
  setWasmPaths(typeof files === "string" ? new URL(".", files).href : files);
  if (!await tf.setBackend("wasm")) throw new Error("its files could not be loaded");
  const threads = getThreadsCount();
  if (globalThis.crossOriginIsolated) return { threads };
  return { threads, note: "the page is not cross-origin isolated" };
}
