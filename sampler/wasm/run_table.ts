/** Runs a program's table (kernels/assembly/sampler_program.ts) from any thread that has the memory. */

import type { ThreadPool } from "../../kernels/thread_pool.ts";

/** Calls of the module, described in memory. */
export interface Table {
  readonly address: number;
  readonly calls: number;
}

/**
 * Computes a table on all threads of a pool that the caller has locked, or whose memory is its own. False when
 * it had to wait, or to compute, for longer than it `mayGoOn`: other threads may then still write, and keep the
 * pool locked until they are done.
 *
 * Throws an Error when a thread failed.
 */
export function runTable(
  pool: ThreadPool,
  { address, calls }: Table,
  mayGoOn: () => boolean = () => true,
): boolean {
  pool.call("openProgram", address);
  pool.invite("runProgram", address, 0, calls, 1);
  try {
    for (let done = 0; done < calls;) {
      done = runOne(pool, address, done);
      if (done < calls && !mayGoOn()) return false;
    }
    return true;
  } finally {
    pool.revoke();
  }
}

/** The number of the first call that is not done, after a try at call number `call`. */
export function runOne(pool: ThreadPool, address: number, call: number): number {
  const done = pool.call("runProgram", address, call, call + 1, pool.maySleep ? 1 : 0) as number;
  if (done === call) pool.check();
  return done;
}
