/**
 * A thread of the engine's pool that loses its processor at the worst time. Once `GATE` holds ARMED it takes an
 * item of the run that it is invited to, says STUCK, and goes on 300 ms later, the item undone.
 */

import { functionsOf, type PoolMessage, runThread } from "../../kernels/thread_pool.ts";

/** A word of the engine's memory that nobody else uses. */
export const GATE = 1;
export const ARMED = 1;
export const STUCK = 2;
const STUCK_MS = 300;

/** Of a table (kernels/assembly/sampler_program.ts), in words: the first call's items, and what threads took of them. */
const ITEMS = 17, TAKEN = 48, PART = 16;

self.onmessage = ({ data }: MessageEvent<PoolMessage>) => {
  const { module, memory, thread } = data;
  const functions = functionsOf(new WebAssembly.Instance(module, { env: { memory } }));
  const words = new Int32Array(memory.buffer);
  const sticky = functions.map(([name, f]): typeof functions[number] => [
    name,
    (chunk, own, table, ...rest) =>
      isStuck(words, table / 4, thread) ? 0 : f(chunk, own, table, ...rest),
  ]);
  self.postMessage("ready");
  runThread(data, sticky);
  self.close();
};

/** Whether there was an item to take, which nobody computes. */
function isStuck(words: Int32Array, table: number, thread: number): boolean {
  if (Atomics.load(words, GATE) !== ARMED) return false;
  // Of two threads: the second's part is the second half.
  const part = words[table + ITEMS] - (words[table + ITEMS] >> 1);
  if (Atomics.add(words, table + TAKEN + thread * PART, 1) >= part) return false;
  Atomics.store(words, GATE, STUCK);
  Atomics.wait(words, GATE, STUCK, STUCK_MS);
  return true;
}
