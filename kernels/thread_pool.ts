/**
 * Threads of our own over a shared WASM memory: workers that hold the same module on the same
 * memory, and take chunks of a job by atomic counting. Nothing in here is Deno's.
 */

/** A function of a kernel module: the chunk, the thread that computes it, then its arguments. */
export type KernelFunction = (chunk: number, thread: number, ...args: number[]) => void;

/** What a worker needs to begin. */
export interface PoolMessage {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where the control block lies, in bytes. */
  control: number;
  thread: number;
}

export const MAX_ARGUMENTS = 28;

/** Bytes of the control block; it must start at a multiple of 64. */
export const CONTROL_BYTES = 512;
// Words of the control block, in cache lines of their own where several threads write.
/** Chunks nobody has taken yet. At or below 0: no work. Whoever counts it down from n > 0 owns chunk n - 1. */
const LEFT = 0;
/** Chunks that are computed. */
const DONE = 16;
/** Counted up with every job that finds sleepers: what they wait on. */
const JOBS = 32;
const SLEEPERS = 33;
const QUIT = 34;
/** Not 0 once a worker failed. */
const FAILED = 35;
/** Whether the thread that handed out the job sleeps until DONE changes. */
const WAITING = 36;
const FUNCTION = 48;
const COUNT = 49;
/** Float64 words from here. */
const ARGUMENTS = 32;

// A worker that has nothing to do looks again so often, about a hundred microseconds, before it
// sleeps: most jobs of a training step follow one another faster, and waking a thread takes fifty.
const SPINS = 5000;

/** The functions of a module in an order that every thread agrees on. */
export function functionsOf(instance: WebAssembly.Instance): [string, KernelFunction][] {
  return Object.entries(instance.exports).filter(([, value]) => typeof value === "function") as [
    string,
    KernelFunction,
  ][];
}

class Control {
  readonly words: Int32Array;
  readonly args: Float64Array;

  constructor(memory: WebAssembly.Memory, at: number) {
    this.words = new Int32Array(memory.buffer, at, CONTROL_BYTES / 4);
    this.args = new Float64Array(memory.buffer, at, CONTROL_BYTES / 8);
  }

  /** Computes chunks until none is left. */
  work(thread: number, functions: KernelFunction[]): void {
    const { words, args } = this;
    while (Atomics.load(words, LEFT) > 0) {
      const chunk = Atomics.sub(words, LEFT, 1) - 1;
      if (chunk < 0) return;
      // Only now: the job's arguments stay until this chunk is counted as done.
      const given = Array.from(
        args.subarray(ARGUMENTS, ARGUMENTS + Atomics.load(words, COUNT)),
      );
      try {
        functions[Atomics.load(words, FUNCTION)](chunk, thread, ...given);
      } finally {
        Atomics.add(words, DONE, 1);
        if (Atomics.load(words, WAITING) !== 0) Atomics.notify(words, DONE);
      }
    }
  }
}

/** A worker's whole life: works, waits for work, ends when the pool does. */
export function runThread({ module, memory, control, thread }: PoolMessage): void {
  const functions = functionsOf(new WebAssembly.Instance(module, { env: { memory } }))
    .map(([, f]) => f);
  const block = new Control(memory, control);
  const { words } = block;
  while (Atomics.load(words, QUIT) === 0) {
    try {
      block.work(thread, functions);
    } catch (error) {
      Atomics.store(words, FAILED, 1);
      console.error("A kernel failed on a thread of its own:", error);
    }
    let spins = SPINS;
    while (spins > 0 && Atomics.load(words, LEFT) <= 0) spins--;
    if (spins > 0) continue;
    const jobs = Atomics.load(words, JOBS);
    Atomics.add(words, SLEEPERS, 1);
    // A job that came since counts JOBS up after it sees this sleeper, or is seen here.
    if (Atomics.load(words, LEFT) <= 0 && Atomics.load(words, QUIT) === 0) {
      Atomics.wait(words, JOBS, jobs);
    }
    Atomics.sub(words, SLEEPERS, 1);
  }
}

/** The side of the thread that hands out work and shares in it as thread 0. */
export class ThreadPool {
  readonly #control: Control;
  readonly #functions: KernelFunction[];

  constructor(memory: WebAssembly.Memory, control: number, functions: KernelFunction[]) {
    this.#control = new Control(memory, control);
    this.#control.words.fill(0);
    this.#functions = functions;
  }

  /** Calls function number `index` for every chunk from 0, on all threads; returns when all are done. */
  run(index: number, chunks: number, args: readonly number[]): void {
    if (args.length > MAX_ARGUMENTS) throw new RangeError(`More than ${MAX_ARGUMENTS} arguments`);
    const { words, args: places } = this.#control;
    for (let i = 0; i < args.length; i++) places[ARGUMENTS + i] = args[i];
    Atomics.store(words, FUNCTION, index);
    Atomics.store(words, COUNT, args.length);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, LEFT, chunks);
    if (Atomics.load(words, SLEEPERS) > 0) this.#wake();
    this.#control.work(0, this.#functions);
    this.#awaitDone(chunks);
    if (Atomics.load(words, FAILED)) throw new Error("A kernel failed on a thread of its own");
  }

  #awaitDone(chunks: number): void {
    const { words } = this.#control;
    for (let spins = SPINS; spins > 0; spins--) {
      if (Atomics.load(words, DONE) >= chunks) return;
    }
    // The others may have lost their processor: leave ours to them.
    Atomics.store(words, WAITING, 1);
    for (let done = 0; (done = Atomics.load(words, DONE)) < chunks;) {
      Atomics.wait(words, DONE, done);
    }
    Atomics.store(words, WAITING, 0);
  }

  #wake(): void {
    Atomics.add(this.#control.words, JOBS, 1);
    Atomics.notify(this.#control.words, JOBS);
  }

  /** Lets the workers end. */
  quit(): void {
    Atomics.store(this.#control.words, QUIT, 1);
    this.#wake();
  }
}
