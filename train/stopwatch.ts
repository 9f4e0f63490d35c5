import { cpuUsage } from "node:process";

/** Time that training took: by the clock, and of all processors that worked for it, which other work does not lengthen. */
export interface Spent {
  readonly seconds: number;
  readonly processorSeconds: number;
}

/** Counts on from `before`, for a run that was resumed. */
export function stopwatch(before: Spent) {
  let left: Spent = { seconds: 0, processorSeconds: 0 };
  const start = now();
  const spent = (): Spent => minus(plus(before, minus(now(), start)), left);
  return {
    spent,
    seconds: () => spent().seconds,
    /** Runs `f`, which is no training. */
    async stopDuring<T>(f: () => Promise<T>): Promise<T> {
      const stopped = now();
      try {
        return await f();
      } finally {
        left = plus(left, minus(now(), stopped));
      }
    },
  };
}

function now(): Spent {
  const { user, system } = cpuUsage(); // microseconds, of all threads
  return { seconds: performance.now() / 1000, processorSeconds: (user + system) / 1e6 };
}

const plus = (a: Spent, b: Spent): Spent => ({
  seconds: a.seconds + b.seconds,
  processorSeconds: a.processorSeconds + b.processorSeconds,
});
const minus = (a: Spent, b: Spent): Spent => ({
  seconds: a.seconds - b.seconds,
  processorSeconds: a.processorSeconds - b.processorSeconds,
});
