/**
 * Loads a kernel module (kernels/assembly/, built to kernels/built/) on a memory, with threads where
 * that is shared, and calls its functions.
 */
import {
  CONTROL_BYTES,
  functionsOf,
  type KernelFunction,
  type PoolMessage,
  ThreadPool,
} from "./thread_pool.ts";

/** Which instructions a build uses. */
export type Simd = "relaxed" | "plain";

// Modules of one function that drops the result of f32x4.relaxed_madd, or of i8x16.splat.
const RELAXED_PROBE = "AGFzbQEAAAABBAFgAAADAgEAChQBEgBBAP0PQQD9D0EA/Q/9hQIaCw==";
const PLAIN_PROBE = "AGFzbQEAAAABBAFgAAADAgEACgkBBwBBAP0PGgs=";

/** The best build that this engine runs, or null: it then has no SIMD at all. */
export function detectSimd(): Simd | null {
  const runs = (probe: string) =>
    WebAssembly.validate(Uint8Array.from(atob(probe), (c) => c.charCodeAt(0)));
  return runs(RELAXED_PROBE) ? "relaxed" : runs(PLAIN_PROBE) ? "plain" : null;
}

/** A memory and the right to take parts of it for good. */
export interface ModuleMemory {
  memory: WebAssembly.Memory;
  /** The address of `bytes` bytes that nobody else uses. */
  allocate(bytes: number): number;
  free(address: number): void;
}

export interface KernelModuleOptions {
  /** The build, for a shared memory if this one is. */
  binary: BufferSource;
  memory: ModuleMemory;
  /** The calling thread among them. More than 1 needs a shared memory. */
  threads: number;
  /** How long the workers may take to start. */
  timeoutMs: number;
  /** URL of pool_worker.ts where that does not lie beside this file: in a bundle. */
  threadScript?: string;
}

/** A kernel module at work. Addresses and sizes are in bytes. */
export interface KernelModule {
  readonly threads: number;
  /**
   * Calls the exported function `name` for every chunk from 0 to `chunks - 1`, on all threads, and
   * returns when all are done: f(chunk, thread, ...args), `thread` from 0 to `threads - 1`.
   * Chunks run in any order: let each write what no other reads or writes, and depend on nothing
   * but its number, so that results are the same to the bit on any number of threads.
   */
  parallel(name: string, chunks: number, ...args: number[]): void;
  /** Calls it once, here: f(0, 0, ...args). */
  call(name: string, ...args: number[]): void;
  /**
   * The address of at least `bytes` bytes, aligned to 64, that stay the caller's until the next
   * call of `scratch` with the same `slot`. They hold anything.
   */
  scratch(slot: string, bytes: number): number;
  /** Ends the threads. */
  stop(): void;
}

const align = (address: number) => Math.ceil(address / 64) * 64;

export async function loadKernelModule(
  { binary, memory: { memory, allocate, free }, threads, timeoutMs, threadScript }:
    KernelModuleOptions,
): Promise<KernelModule> {
  const module = await WebAssembly.compile(binary);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const entries = functionsOf(instance);
  const functions = entries.map(([, f]) => f);
  const indices = new Map(entries.map(([name], index) => [name, index]));
  const indexOf = (name: string): number => {
    const index = indices.get(name);
    if (index === undefined) throw new Error(`The kernel module has no function "${name}"`);
    return index;
  };
  const pool = threads > 1
    ? await startPool(module, memory, align(allocate(CONTROL_BYTES + 64)), {
      functions,
      threads,
      timeoutMs,
      threadScript: threadScript ?? import.meta.resolve("./pool_worker.ts"),
    })
    : null;
  const slots = new Map<string, { address: number; bytes: number }>();
  return {
    threads,
    call: (name, ...args) => functions[indexOf(name)](0, 0, ...args),
    parallel(name, chunks, ...args) {
      const index = indexOf(name);
      if (pool && chunks > 1) pool.run(index, chunks, args);
      else for (let chunk = 0; chunk < chunks; chunk++) functions[index](chunk, 0, ...args);
    },
    scratch(slot, bytes) {
      const held = slots.get(slot);
      if (held && held.bytes >= bytes) return align(held.address);
      if (held) free(held.address);
      const address = allocate(bytes + 64);
      slots.set(slot, { address, bytes });
      return align(address);
    },
    stop: () => pool?.quit(),
  };
}

async function startPool(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  control: number,
  { functions, threads, timeoutMs, threadScript }: {
    functions: KernelFunction[];
    threads: number;
    timeoutMs: number;
    threadScript: string;
  },
): Promise<ThreadPool> {
  const pool = new ThreadPool(memory, control, functions);
  const workers = Array.from(
    { length: threads - 1 },
    () => new Worker(threadScript, { type: "module" }),
  );
  const ready = workers.map((worker, i) =>
    new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`a kernel thread failed: ${event.message}`));
      };
      const message: PoolMessage = { module, memory, control, thread: i + 1 };
      worker.postMessage(message);
    })
  );
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`the kernel threads were not ready after ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    await Promise.race([Promise.all(ready), late]);
    return pool;
  } catch (error) {
    pool.quit();
    workers.forEach((worker) => worker.terminate());
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
