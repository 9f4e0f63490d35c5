/**
 * The sampler's WASM engine: our own module (kernels/assembly/sampler.ts) on a memory of its own, for
 * all samplers of a page or a process. TensorFlow.js has no part in it.
 */

import { type KernelModule, loadKernelModule } from "../../kernels/kernel_module.ts";
import type { SharedPool } from "../../kernels/thread_pool.ts";
import type { LoadedPlan } from "../engine.ts";
import type { Plan } from "../plan.ts";
import { type Arena, createArena } from "./arena.ts";
import { emptyResult, type Output, prepare, resultOf } from "./buffers.ts";
import type { OneImage } from "./direct.ts";
import { CAPACITY, layOut } from "./program.ts";
import { runOne, runTable } from "./run_table.ts";

export interface EngineOptions {
  /** The calling thread among them. More than one need shared memory. */
  threads: number;
  /** Whether others on the same memory may run its plans: threads > 1 unless told. */
  shared?: boolean;
  /** The build for that memory (files.ts). */
  binary: BufferSource;
  /** Script of the other threads, `kernels/pool_worker.ts`; unless told, beside the module's loader. */
  threadScript?: string;
  /** How long they may take to start, 20 s unless told. */
  timeoutMs?: number;
  /** Where nobody may be kept waiting, long computations pause after so many milliseconds. */
  sliceMs?: number;
}

export interface WasmPlan extends LoadedPlan {
  /** For others on the same memory. */
  readonly oneImage: OneImage;
}

export interface WasmEngine {
  readonly threads: number;
  /** For others on the same memory, where it is shared. */
  readonly shared: SharedPool | null;
  load(plan: Plan): WasmPlan;
  /** Bytes of the plans that are loaded. */
  used(): number;
  /** Ends the threads. */
  stop(): void;
}

/** Where nothing lies: address 0 stands for none. */
const FIRST_ADDRESS = 64;
/** A shared memory must name its limit: 512 MB of addresses, taken when they are used. */
const MOST_PAGES = 8192;
/** What the module relies on (kernels/compiler/build.ts). */
const LEAST_PAGES = 256;
const START_TIMEOUT_MS = 20_000;

/** Throws an Error in one line where the machine cannot: no memory, no threads. */
export async function startEngine(options: EngineOptions): Promise<WasmEngine> {
  const { binary, threads, shared = threads > 1 } = options;
  const memory = new WebAssembly.Memory({ initial: LEAST_PAGES, maximum: MOST_PAGES, shared });
  const arena = createArena(memory, FIRST_ADDRESS);
  const module = await loadKernelModule({
    binary,
    memory: { memory, ...arena },
    threads,
    timeoutMs: options.timeoutMs ?? START_TIMEOUT_MS,
    threadScript: options.threadScript,
  });
  const computer = { memory, arena, module, sliceMs: options.sliceMs ?? Infinity };
  return {
    threads,
    shared: shared ? module.shared : null,
    load: (plan) => loadPlan(plan, computer),
    used: arena.used,
    stop: () => module.stop(),
  };
}

interface Computer {
  readonly memory: WebAssembly.Memory;
  readonly arena: Arena;
  readonly module: KernelModule;
  readonly sliceMs: number;
}

function loadPlan(plan: Plan, { memory, arena, module, sliceMs }: Computer): WasmPlan {
  const program = layOut(plan, memory, arena, module.threads);
  const { buffers } = program;
  const { pool } = module;
  // A pause lets other calls in, and the buffers hold one run.
  let last: Promise<unknown> = Promise.resolve();
  const inSlices = sliceMs !== Infinity;
  const capacity = inSlices ? 1 : CAPACITY;

  async function compute<T>(z: Float32Array, count: number, output: Output): Promise<T> {
    const results = emptyResult(buffers, count, output);
    const size = results.length / count;
    let sliceStart = performance.now();
    for (let first = 0; first < count; first += capacity) {
      const n = Math.min(capacity, count - first);
      const table = program.table(n);
      const take = () => results.set(resultOf(memory, buffers, n, output), first * size);
      const begin = () => prepare(memory, buffers, { z, first, count: n, output });
      if (inSlices) {
        begin();
        pool.call("openProgram", table.address);
        for (let call = 0; call < table.calls;) {
          if (performance.now() - sliceStart > sliceMs) {
            await pause();
            sliceStart = performance.now();
          }
          call = runOne(pool, table.address, call);
        }
        take();
      } else {
        pool.lock();
        try {
          begin();
          runTable(pool, table);
          take();
        } finally {
          pool.unlock();
        }
      }
    }
    return results as T;
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  }

  return {
    run: (z, count) => inTurn(() => compute<Float32Array>(z, count, "images")),
    pixels: (z, count) => inTurn(() => compute<Uint8ClampedArray<ArrayBuffer>>(z, count, "pixels")),
    oneImage: { table: program.table(1), buffers },
    dispose() {
      // A thread that came late may still write there.
      if (!inSlices) pool.lock();
      program.free();
      pool.unlock();
    },
  };
}

/** Lets the page do what waits: a message to oneself comes after it, and sooner than any timer. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
