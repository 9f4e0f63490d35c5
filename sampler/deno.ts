/** The sampler in Deno: model folders on disk, our WASM engine on threads, WebGPU where Deno has it. */

import { join } from "node:path";
import { type BackendChoice, startBackend, type StartedWasm } from "./backend.ts";
import { ModelError } from "./model_error.ts";
import { readGenerator } from "./read_model.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import { computesRight } from "./self_check.ts";
import type { ModelSource } from "./source.ts";
import { startEngine, type WasmEngine } from "./wasm/engine.ts";
import { buildName } from "./wasm/files.ts";
import { startWebGpu } from "./webgpu.ts";

export type { ModelCard } from "./card.ts";
export { ModelError } from "./model_error.ts";
export type { Picture, Sampler } from "./sampler.ts";

export interface LoadOptions {
  /** `auto` unless told. */
  backend?: BackendChoice;
  /** Threads for WASM: every core unless told. */
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
 * A sampler of the model in a folder, or from a source. Samplers with as many threads share them; they
 * end with the last one's dispose(), as they keep Deno alive.
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
    startWasm: () => startSharedEngine(threads),
    computesRight,
  });
  const end = backend.name === "wasm" ? () => release(threads) : () => {};
  try {
    return createSampler(generator, backend, end);
  } catch (error) {
    await end();
    throw error;
  }
}

/** The WASM engines that samplers share, by their threads, and how many do. */
const engines = new Map<
  number,
  { started: Promise<WasmEngine & { note?: string }>; users: number }
>();

async function startSharedEngine(threads: number): Promise<StartedWasm> {
  const held = engines.get(threads) ?? { started: start(threads), users: 0 };
  engines.set(threads, held);
  held.users++;
  try {
    return await held.started;
  } catch (error) {
    engines.delete(threads);
    throw error;
  }
}

async function release(threads: number): Promise<void> {
  const held = engines.get(threads)!;
  if (--held.users > 0) return;
  engines.delete(threads);
  (await held.started).stop();
}

async function start(threads: number): Promise<WasmEngine & { note?: string }> {
  try {
    return await startThreads(threads);
  } catch (error) {
    if (threads === 1) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return { ...await startThreads(1), note: `${threads} threads did not start: ${reason}` };
  }
}

async function startThreads(threads: number): Promise<WasmEngine> {
  const build = new URL(`../kernels/built/${buildName({ threads })}`, import.meta.url);
  return await startEngine({ threads, binary: await Deno.readFile(build) });
}
