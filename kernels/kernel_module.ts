/**
 * Loads a kernel module (kernels/assembly/, built to kernels/built/) on a memory, with threads where
 * that is shared, and calls its functions.
 */
import {
  CONTROL_BYTES,
  functionsOf,
  isShared,
  type PoolMessage,
  type SharedPool,
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
  /** Its threads, by this caller. */
  readonly pool: ThreadPool;
  /** For callers on other threads, where the memory is shared: they take turns by the pool's lock. */
  readonly shared: SharedPool;
  /**
   * Calls the exported function `name` for every chunk from 0 to `chunks - 1`, on all threads, and
   * returns when all are done: f(chunk, thread, ...args), `thread` from 0 to `threads - 1`.
   * Chunks run in any order: let each write what no other reads or writes, and depend on nothing
   * but its number, so that results are the same to the bit on any number of threads.
   */
  parallel(name: string, chunks: number, ...args: number[]): void;
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
  const functions = functionsOf(await WebAssembly.instantiate(module, { env: { memory } }));
  const control = isShared(memory) ? align(allocate(CONTROL_BYTES + 64)) : 0;
  if (control > 0) new Uint8Array(memory.buffer, control, CONTROL_BYTES).fill(0);
  const shared = { module, memory, control, threads };
  const pool = new ThreadPool(shared, { functions, maySleep: true });
  const script = threadScript ?? import.meta.resolve("./pool_worker.ts");
  if (threads > 1) await startThreads(pool, shared, { script, timeoutMs });
  const slots = new Map<string, { address: number; bytes: number }>();
  return {
    threads,
    pool,
    shared,
    parallel: (name, chunks, ...args) => pool.run(name, chunks, ...args),
    scratch(slot, bytes) {
      const held = slots.get(slot);
      if (held && held.bytes >= bytes) return align(held.address);
      if (held) free(held.address);
      const address = allocate(bytes + 64);
      slots.set(slot, { address, bytes });
      return align(address);
    },
    stop: () => pool.quit(),
  };
}

async function startThreads(
  pool: ThreadPool,
  { module, memory, control, threads }: SharedPool,
  { script, timeoutMs }: { script: string; timeoutMs: number },
): Promise<void> {
  const workers = Array.from(
    { length: threads - 1 },
    () => new Worker(script, { type: "module" }),
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
  } catch (error) {
    pool.quit();
    workers.forEach((worker) => worker.terminate());
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
