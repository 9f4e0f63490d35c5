/**
 * The sampler in browsers, by WASM in a worker or by WebGPU, each with kernels of our own: TensorFlow.js
 * is not loaded. WebGPU is a chunk that only visitors with an adapter load.
 */

import { type BackendChoice, startBackend } from "./backend.ts";
import { readGenerator } from "./read_model.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import { type ModelSource, urlSource } from "./source.ts";
import type { EngineFiles } from "./wasm/files.ts";
import { startWasm } from "./wasm_browser.ts";

export type { BackendChoice, BackendName } from "./backend.ts";
export type { ModelCard } from "./card.ts";
export { ModelError, type ModelErrorType } from "./model_error.ts";
export type { Picture, Sampler } from "./sampler.ts";
export type { EngineFiles } from "./wasm/files.ts";
export { fileSource, holdSource, type ModelSource, urlSource } from "./source.ts";

export interface LoadOptions {
  /** `auto` unless told. */
  backend?: BackendChoice;
  /** Where the WASM engine's files are. The first sampler on the page decides. */
  wasmFiles: EngineFiles;
  /** Hears the fraction of the model's bytes that arrived, up to 1. */
  onProgress?: (fraction: number) => void;
}

/**
 * A sampler of the model folder at a URL, or from a source. All samplers of a page share one backend
 * of each kind, which stays when they are disposed.
 *
 * Throws a ModelError, whose message is for the visitor.
 */
export async function loadSampler(
  model: string | ModelSource,
  { backend: choice = "auto", wasmFiles, onProgress }: LoadOptions,
): Promise<Sampler> {
  const source = typeof model === "string" ? urlSource(model) : model;
  const [generator, backend] = await Promise.all([
    readGenerator(source, onProgress),
    startBackend(choice, {
      requestAdapter: async () =>
        await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null,
      startWebGpu: async (adapter) => await (await import("./webgpu.ts")).startWebGpu(adapter),
      startWasm: () => startWasm(wasmFiles),
      computesRight: async (load) => await (await import("./webgpu.ts")).computesRight(load),
    }),
  ]);
  return createSampler(generator, backend);
}
