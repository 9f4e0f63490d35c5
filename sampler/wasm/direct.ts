/**
 * Single images on the page's own thread. To ask a worker and to hear of it takes as long as a small
 * generator does. On an isolated page the engine's memory is the page's too: it runs the worker's program
 * there, with the worker's threads, while the worker itself rests.
 */

import { functionsOf, type SharedPool, ThreadPool } from "../../kernels/thread_pool.ts";
import { type Buffers, emptyResult, type Output, prepare, resultOf } from "./buffers.ts";
import { runTable, type Table } from "./run_table.ts";

/** Images on the page's thread may take no longer than this within WINDOW_MS, so that two frames' worth never meet. */
const MOST_MS = 6;
const WINDOW_MS = 16;
/**
 * So much later than expected, where a thread has lost its processor or the page's own did, what began is left to the
 * worker.
 */
const PATIENCE_MS = 2;

/** A plan that has been loaded into a shared memory. */
export interface OneImage {
  readonly table: Table;
  readonly buffers: Buffers;
}

export interface Direct {
  /** An image that `expectedMs` were needed for last time; null where it is not for this thread now. */
  run(
    plan: OneImage,
    output: Output,
    z: Float32Array,
    expectedMs: number,
  ): Float32Array | Uint8ClampedArray<ArrayBuffer> | null;
}

/** A caller of the engine's threads. `now` gives milliseconds. */
export async function joinEngine(
  shared: SharedPool,
  now: () => number = () => performance.now(),
): Promise<Direct> {
  const { module, memory } = shared;
  const functions = functionsOf(await WebAssembly.instantiate(module, { env: { memory } }));
  const pool = new ThreadPool(shared, { functions, maySleep: false });
  let windowStart = -Infinity;
  let spentMs = 0;
  return {
    run({ table, buffers }, output, z, expectedMs) {
      const start = now();
      if (start - windowStart > WINDOW_MS) {
        windowStart = start;
        spentMs = 0;
      }
      if (spentMs + expectedMs > MOST_MS || !pool.tryLock()) return null;
      try {
        prepare(memory, buffers, { z, first: 0, count: 1, output });
        if (!runTable(pool, table, () => now() - start < expectedMs + PATIENCE_MS)) return null;
        const result = emptyResult(buffers, 1, output);
        result.set(resultOf(memory, buffers, 1, output));
        return result;
      } finally {
        pool.unlock();
        spentMs += now() - start;
      }
    },
  };
}
