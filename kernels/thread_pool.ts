/**
 * Threads of our own over a shared WASM memory: workers that hold the same module on the same
 * memory, and take chunks of a job by atomic counting. Nothing in here is Deno's.
 */

/** A function of a kernel module: the chunk, the thread that computes it, then its arguments. */
export type KernelFunction = (chunk: number, thread: number, ...args: number[]) => number | void;

/** What a thread needs to call a pool's functions, or to work for it. */
export interface SharedPool {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Where the control block lies, in bytes. */
  readonly control: number;
  /** The caller among them. */
  readonly threads: number;
}

/** What a worker needs to begin. */
export interface PoolMessage extends Omit<SharedPool, "threads"> {
  readonly thread: number;
}

export const MAX_ARGUMENTS = 28;

/** Bytes of the control block; it must start at a multiple of 64. */
export const CONTROL_BYTES = 512;
// Words of the control block, in cache lines of their own where several threads write.
/** Chunks nobody has taken yet. At or below 0: no work. Whoever counts it down from n > 0 owns chunk n - 1. */
const LEFT = 0;
/** Chunks that are computed. */
const DONE = 16;
/** Chunks of the last job: when all are done, every other thread has left it. */
const ALL = 17;
/** Counted up with every job that finds sleepers: what they wait on. */
const JOBS = 32;
const SLEEPERS = 33;
const QUIT = 34;
/** Not 0 once a worker failed. */
const FAILED = 35;
/** Whether a caller sleeps until DONE changes. */
const WAITING = 36;
/** 1 while one of several callers uses the pool. */
const LOCK = 37;
const FUNCTION = 48;
const COUNT = 49;
/** Float64 words from here. */
const ARGUMENTS = 32;

// A worker that has nothing to do looks again so often, about a hundred microseconds, before it
// sleeps: most jobs of a training step follow one another faster, and waking a thread takes fifty.
const SPINS = 5000;

/** Whether other threads may have this memory, too. A page that is not isolated has no such thing. */
export function isShared({ buffer }: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== "undefined" && buffer instanceof SharedArrayBuffer;
}

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

  constructor(buffer: ArrayBufferLike, at: number) {
    this.words = new Int32Array(buffer, at, CONTROL_BYTES / 4);
    this.args = new Float64Array(buffer, at, CONTROL_BYTES / 8);
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

/** A worker's whole life: works by `functions`, waits for work, ends when the pool does. */
export function runThread(
  { module, memory, control, thread }: PoolMessage,
  functions = functionsOf(new WebAssembly.Instance(module, { env: { memory } })),
): void {
  const block = new Control(memory.buffer, control);
  const { words } = block;
  const kernels = functions.map(([, f]) => f);
  while (Atomics.load(words, QUIT) === 0) {
    try {
      block.work(thread, kernels);
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

export interface CallerOptions {
  /** Of an instance on the pool's memory. */
  functions: [string, KernelFunction][];
  /** A page's main thread may not. */
  maySleep: boolean;
}

/**
 * The side of a thread that hands out work and shares in it as thread 0. The control block of a memory that is
 * shared holds zeros before the first caller. Several callers take turns by the lock.
 */
export class ThreadPool {
  readonly threads: number;
  readonly maySleep: boolean;
  readonly #control: Control;
  readonly #functions: KernelFunction[];
  readonly #indices: Map<string, number>;

  constructor(
    { memory, control, threads }: Omit<SharedPool, "module">,
    { functions, maySleep }: CallerOptions,
  ) {
    this.threads = threads;
    this.maySleep = maySleep;
    // One thread alone tells nobody, and its memory moves when it grows.
    this.#control = isShared(memory)
      ? new Control(memory.buffer, control)
      : new Control(new ArrayBuffer(CONTROL_BYTES), 0);
    this.#functions = functions.map(([, f]) => f);
    this.#indices = new Map(functions.map(([name], index) => [name, index]));
  }

  #indexOf(name: string): number {
    const index = this.#indices.get(name);
    if (index === undefined) throw new Error(`The kernel module has no function "${name}"`);
    return index;
  }

  /** Takes the pool until unlock(), unless another caller has it or a thread still works on the last job. */
  tryLock(): boolean {
    const { words } = this.#control;
    if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) return false;
    if (Atomics.load(words, DONE) >= Atomics.load(words, ALL)) return true;
    this.unlock();
    return false;
  }

  /** Waits until it has the pool; only where the thread may sleep. */
  lock(): void {
    const { words } = this.#control;
    while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) Atomics.wait(words, LOCK, 1);
    this.#awaitAll();
  }

  unlock(): void {
    Atomics.store(this.#control.words, LOCK, 0);
    Atomics.notify(this.#control.words, LOCK, 1);
  }

  /** Calls it once, here. */
  call(name: string, ...args: number[]): number | void {
    return this.#functions[this.#indexOf(name)](0, 0, ...args);
  }

  /** Calls a function for every chunk from 0, on all threads; returns when all are done. Must be able to sleep. */
  run(name: string, chunks: number, ...args: number[]): void {
    const index = this.#indexOf(name);
    if (this.threads === 1 || chunks === 1) {
      for (let chunk = 0; chunk < chunks; chunk++) this.#functions[index](chunk, 0, ...args);
      return;
    }
    this.#open(index, chunks, args);
    this.#control.work(0, this.#functions);
    this.#awaitAll();
    this.check();
  }

  /** Has each other thread call a function once, as soon as it can; the caller goes on, and revokes in the end. */
  invite(name: string, ...args: number[]): void {
    this.#open(this.#indexOf(name), this.threads - 1, args);
  }

  /** Who has not begun now need not. The others go on: until they are done nobody gets the lock. */
  revoke(): void {
    const { words } = this.#control;
    const left = Atomics.exchange(words, LEFT, 0);
    if (left > 0) Atomics.sub(words, ALL, left);
  }

  /** Throws an Error when a thread failed. */
  check(): void {
    if (Atomics.load(this.#control.words, FAILED)) {
      throw new Error("A kernel failed on a thread of its own");
    }
  }

  #open(index: number, chunks: number, args: readonly number[]): void {
    if (args.length > MAX_ARGUMENTS) throw new RangeError(`More than ${MAX_ARGUMENTS} arguments`);
    const { words, args: places } = this.#control;
    for (let i = 0; i < args.length; i++) places[ARGUMENTS + i] = args[i];
    Atomics.store(words, FUNCTION, index);
    Atomics.store(words, COUNT, args.length);
    Atomics.store(words, DONE, 0);
    Atomics.store(words, ALL, chunks);
    Atomics.store(words, LEFT, chunks);
    if (Atomics.load(words, SLEEPERS) > 0) this.#wake();
  }

  #awaitAll(): void {
    const { words } = this.#control;
    const all = Atomics.load(words, ALL);
    for (let spins = SPINS; spins > 0; spins--) {
      if (Atomics.load(words, DONE) >= all) return;
    }
    // The others may have lost their processor: leave ours to them.
    Atomics.store(words, WAITING, 1);
    for (let done = 0; (done = Atomics.load(words, DONE)) < all;) {
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
