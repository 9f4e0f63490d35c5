import type { Answer, Job } from "./worker.ts";

/** What became of an image file: its pixels, [size, size, 3] bytes, or why it is left out. */
export type Outcome = { readonly square: Uint8Array } | { readonly unusable: string };

// Decoded RGBA lies in memory twice, a progressive JPEG's coefficients beside it: every worker may
// hold an image of the first size, one in all may hold one of the second.
const COMMON_PIXELS = 16e6;
const MOST_PIXELS = 64e6;
const MOST_WORKERS = 3; // for the same reason: with images of 12 million pixels they take 0.8 GB
const TIMEOUT_MS = 120_000; // a busy machine took 10 s for 12 million pixels

/** Turns image files into squares, in workers that can be given up when a codec breaks or hangs. */
export interface Pool {
  /** How many files are worked on at once. */
  readonly width: number;
  square(path: string, size: number): Promise<Outcome>;
  stop(): void;
}

export function startPool({ timeoutMs = TIMEOUT_MS } = {}): Pool {
  const width = Math.min(MOST_WORKERS, navigator.hardwareConcurrency);
  const idle: Worker[] = [];
  const waiting: ((worker: Worker) => void)[] = [];
  const all = new Set<Worker>();
  let lastLarge: Promise<unknown> = Promise.resolve();

  function start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    all.add(worker);
    return worker;
  }

  function end(worker: Worker): void {
    worker.terminate();
    all.delete(worker);
  }

  function release(worker: Worker): void {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  }

  function acquire(): Promise<Worker> | Worker {
    const worker = idle.pop();
    return worker ?? new Promise((resolve) => waiting.push(resolve));
  }

  async function square(path: string, size: number): Promise<Outcome> {
    const worker = await acquire();
    const answer = await ask(worker, { path, size, mostPixels: COMMON_PIXELS }, timeoutMs);
    const isSpent = "unusable" in answer && answer.isBroken;
    if (isSpent) end(worker);
    release(isSpent ? start() : worker);
    if (!("tooManyPixels" in answer)) return answer;

    if (answer.tooManyPixels > MOST_PIXELS) {
      return { unusable: `${answer.header} pixels: at most ${MOST_PIXELS / 1e6} million` };
    }
    const turn = lastLarge.then(() => squareOfLarge(path, size));
    lastLarge = turn;
    return await turn;
  }

  /** In a worker of its own, because WebAssembly's memory never shrinks. */
  async function squareOfLarge(path: string, size: number): Promise<Outcome> {
    const worker = start();
    const answer = await ask(worker, { path, size, mostPixels: MOST_PIXELS }, timeoutMs);
    end(worker);
    return "tooManyPixels" in answer ? { unusable: "changed while it was read" } : answer;
  }

  for (let i = 0; i < width; i++) idle.push(start());
  return { width, square, stop: () => all.forEach(end) };
}

function ask(worker: Worker, job: Job, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    const giveUp = (unusable: string) => settle({ unusable, isBroken: true });
    const timer = setTimeout(() => giveUp(`not decoded within ${timeoutMs / 1000} s`), timeoutMs);
    const settle = (answer: Answer) => {
      clearTimeout(timer);
      resolve(answer);
    };
    worker.onmessage = ({ data }: MessageEvent<Answer>) => settle(data);
    worker.onerror = (event) => {
      event.preventDefault();
      giveUp(`the decoder failed (${event.message})`);
    };
    worker.postMessage(job);
  });
}
