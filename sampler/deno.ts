/** The sampler in Deno: model folders on disk, tfjs's WASM backend on threads, WebGPU where Deno has it. */

import { join } from "node:path";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import { type StartedWasm, startWasm } from "../kernels/mod.ts";
import { type BackendChoice, startBackend } from "./backend.ts";
import { runningBackend } from "./engine.ts";
import { ModelError } from "./model_error.ts";
import { readGenerator } from "./read_model.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import { computesRight } from "./self_check.ts";
import type { ModelSource } from "./source.ts";
import { startWebGpu } from "./webgpu.ts";

export type { ModelCard } from "./card.ts";
export { ModelError } from "./model_error.ts";
export type { Picture, Sampler } from "./sampler.ts";

export interface LoadOptions {
  /** `auto` unless told. */
  backend?: BackendChoice;
  /** Threads for WASM: every core unless told. A WASM backend that runs already keeps its own. */
  threads?: number;
}

/** A model folder on disk. */
export function folderSource(folder: string): ModelSource {
  const where = (path: string) => join(folder, path);
  return {
    where,
    async read(path, onBytes) {
      try {
        const bytes = await Deno.readFile(where(path));
        onBytes?.(bytes.length);
        return bytes;
      } catch (cause) {
        const reason = cause instanceof Deno.errors.NotFound ? "no such file" : String(cause);
        throw new ModelError("missing", `${where(path)}: could not be read (${reason})`, { cause });
      }
    },
  };
}

/**
 * A sampler of the model in a folder, or from a source. A WASM backend that this started ends with the
 * last sampler's dispose(), as its threads keep Deno alive; one that ran already is left alone.
 *
 * Throws a ModelError.
 */
export async function loadSampler(
  model: string | ModelSource,
  { backend: choice = "auto", threads = navigator.hardwareConcurrency }: LoadOptions = {},
): Promise<Sampler> {
  const generator = await readGenerator(typeof model === "string" ? folderSource(model) : model);
  const backend = await startBackend(choice, {
    requestAdapter: async () => await navigator.gpu?.requestAdapter() ?? null,
    startWebGpu,
    startWasm: () => startSharedWasm(threads),
    computesRight,
  });
  const release = backend.name === "wasm" ? releaseWasm : () => {};
  try {
    return createSampler(generator, backend, release);
  } catch (error) {
    await release();
    throw error;
  }
}

/** The WASM backend that samplers share, and how many do. */
let shared: { started: Promise<StartedWasm>; users: number } | null = null;

async function startSharedWasm(threads: number): Promise<{ threads: number; note?: string }> {
  if (!shared && runningBackend("wasm")) return { threads: getThreadsCount() };
  shared ??= { started: startWasm(threads), users: 0 };
  shared.users++;
  try {
    const started = await shared.started;
    const note = started.threads < threads ? started.message : undefined;
    return { threads: started.threads, note };
  } catch (error) {
    shared = null;
    throw error;
  }
}

async function releaseWasm(): Promise<void> {
  if (!shared || --shared.users > 0) return;
  const { started } = shared;
  shared = null;
  (await started).stop();
}
