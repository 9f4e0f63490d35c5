/**
 * Times several programs in turn, so that a busy machine is busy for all of them: the ratios within a
 * round are what to trust. Runs in Deno and in a page.
 */

import { quartiles } from "./statistics.ts";

/** What computes images. The slow ones have not a turn in every round. */
export interface Contender {
  name: string;
  /** Has its turn in one round of so many. */
  every: number;
  run(): Promise<unknown>;
}

/** Milliseconds a call by contender, the median of a turn, in the order of the rounds; NaN where it had no turn. */
export type Times = Record<string, number[]>;

export interface Rounds {
  /** Of the contenders. More than one rest before a turn. */
  threads: number;
  /** At most, and at least though `seconds` be over. */
  most: number;
  least: number;
  seconds: number;
  /** Milliseconds from anywhere: what the wall's clock says unless told. */
  clock?: () => number;
}

/**
 * onnxruntime's second thread looks for work for 25 to 35 ms after a call, on the core that the next contender's
 * needs: that would wake on the first one's core, and take it away.
 */
const REST_MS = 50;
/**
 * The calls of a turn; the first of several, which finds the caches full of others' numbers, does not count. Shorter
 * turns measure the system: on a virtual machine that rests most of the time a thread that wakes may wait for 5 ms.
 */
const TURN_MS = 60;

export async function timeRounds(
  contenders: readonly Contender[],
  { threads, most, least, seconds, clock = () => performance.now() }: Rounds,
): Promise<Times> {
  for (const { run } of contenders) await run(); // compiles
  const times: Times = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  const end = performance.now() + 1000 * seconds;
  for (let round = 0; round < most && (round < least || performance.now() < end); round++) {
    for (const { name, every, run } of contenders) {
      if (round % every === 0 && threads > 1) {
        await new Promise((resolve) => setTimeout(resolve, REST_MS));
      }
      times[name].push(round % every === 0 ? await timeTurn(run, clock) : NaN);
    }
  }
  return times;
}

async function timeTurn(run: Contender["run"], clock: () => number): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + TURN_MS;
  do {
    const start = clock();
    await run();
    times.push(clock() - start);
  } while (performance.now() < end);
  return quartiles(times.length > 1 ? times.slice(1) : times).median;
}
