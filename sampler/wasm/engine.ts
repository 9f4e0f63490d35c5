/**
 * The sampler's WASM engine: our own module (kernels/assembly/sampler.ts) on a memory of its own, for
 * all samplers of a page or a process. TensorFlow.js has no part in it.
 */

import { type KernelModule, loadKernelModule } from "../../kernels/kernel_module.ts";
import type { LoadedPlan } from "../engine.ts";
import type { Plan } from "../plan.ts";
import { type Arena, createArena } from "./arena.ts";
import { CAPACITY, layOut } from "./program.ts";

export interface EngineOptions {
  /** The calling thread among them. More than one need shared memory. */
  threads: number;
  /** The build for as many threads (files.ts). */
  binary: BufferSource;
  /** Script of the other threads, `kernels/pool_worker.ts`; unless told, beside the module's loader. */
  threadScript?: string;
  /** How long they may take to start, 20 s unless told. */
  timeoutMs?: number;
  /** Where nobody may be kept waiting, long computations pause after so many milliseconds. */
  sliceMs?: number;
}

export interface WasmEngine {
  readonly threads: number;
  load(plan: Plan): LoadedPlan;
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
  const { binary, threads } = options;
  const shared = threads > 1;
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

function loadPlan(plan: Plan, { memory, arena, module, sliceMs }: Computer): LoadedPlan {
  const program = layOut(plan, memory, arena, module.threads);
  const pixels = plan.imageShape[0] * plan.imageShape[1];
  // A pause lets other calls in, and the buffers hold one run.
  let last: Promise<unknown> = Promise.resolve();
  const capacity = sliceMs === Infinity ? CAPACITY : 1;

  async function compute(
    z: Float32Array,
    count: number,
    output: "images" | "pixels",
    take: (first: number, n: number) => void,
  ): Promise<void> {
    let start = performance.now();
    for (let first = 0; first < count; first += capacity) {
      const n = Math.min(capacity, count - first);
      const latents = new Float32Array(memory.buffer);
      for (let i = 0; i < n; i++) {
        const from = (first + i) * plan.latentSize;
        const at = (program.latents + i * program.latentBytes) / 4;
        for (let k = 0; k < plan.latentSize; k++) latents[at + k] = z[from + k];
      }
      program.choose(output);
      for (const { kernel, items, address, image, images } of program.schedule(n)) {
        if (performance.now() - start > sliceMs) {
          await pause();
          start = performance.now();
        }
        module.parallel(kernel, items, address, image, images);
      }
      take(first, n);
    }
  }

  function inTurn(work: () => Promise<void>): Promise<void> {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  }

  return {
    async run(z, count) {
      const size = pixels * plan.imageShape[2];
      const images = new Float32Array(count * size);
      await inTurn(() =>
        compute(z, count, "images", (first, n) => {
          images.set(new Float32Array(memory.buffer, program.images, n * size), first * size);
        })
      );
      return images;
    },
    async pixels(z, count) {
      const size = pixels * 4;
      const bytes = new Uint8ClampedArray(count * size);
      await inTurn(() =>
        compute(z, count, "pixels", (first, n) => {
          bytes.set(new Uint8ClampedArray(memory.buffer, program.pixels, n * size), first * size);
        })
      );
      return bytes;
    },
    dispose: program.free,
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
