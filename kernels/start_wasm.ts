/**
 * tfjs's WASM backend inside Deno, on several threads where they start, with ganlet's training
 * kernels.
 */
import { BackendWasm, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { setKernels, WASM } from "./backend.ts";
import { detectSimd, type KernelModule, loadKernelModule, type Simd } from "./kernel_module.ts";
import { installTrainingKernels } from "./training.ts";
import { type LoadedModule, loadSingle } from "./wasm_module.ts";
import { loadThreaded } from "./wasm_threads.ts";

/** A running WASM backend. */
export interface StartedWasm {
  /** The threads that compute, the calling one among them. */
  readonly threads: number;
  /** One line for the user: how many threads, and why not as many as asked for. */
  readonly message: string;
  /**
   * Ends the threads and restores tfjs's stock backend and kernels. The backend's tensors are lost.
   */
  stop(): void;
}

export interface StartOptions {
  /** The folder of tfjs's build for several threads, that of the package unless told. */
  builds?: URL;
  /** How long the workers may take to load, and their threads to start: 20 s unless told. */
  timeoutMs?: number;
  /** The build of our own kernels: the best that this engine runs unless told. */
  simd?: Simd;
  /** The folder of those builds, kernels/built/ unless told. */
  kernels?: URL;
  /** tfjs's own kernels alone, to compare with. They cannot train. */
  stock?: boolean;
}

let running = false;

/**
 * Starts tfjs's WASM backend on `threads` threads (a whole number from 1), with ganlet's training
 * kernels, and makes it the current backend. Where the threaded build does not start, one thread
 * computes and `message` says why. Call `stop()` at the end: the workers keep Deno alive.
 *
 * Throws if the backend is already running, or if not even the build for one thread loads.
 */
export async function startWasm(
  threads: number,
  options: StartOptions = {},
): Promise<StartedWasm> {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`startWasm() needs a whole number of threads from 1, got ${threads}`);
  }
  if (running) throw new Error("startWasm() is already running: call its stop() first");
  running = true;
  try {
    return await start(threads, options);
  } catch (error) {
    running = false;
    throw error;
  }
}

async function start(threads: number, options: StartOptions): Promise<StartedWasm> {
  if (threads > 1) {
    try {
      const loaded = await loadThreaded(threads, options.timeoutMs ?? TIMEOUT_MS, options.builds);
      return await activate(loaded, threads, `WASM, ${threads} threads`, options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `WASM, 1 thread: the build for ${threads} threads did not start (${reason})`;
      return await activate(await loadSingle(), 1, message, options);
    }
  }
  return await activate(await loadSingle(), 1, "WASM, 1 thread", options);
}

const TIMEOUT_MS = 20_000;
const KERNELS = new URL("./built/", import.meta.url);

/** Our kernels for training on the memory of a loaded build. */
async function loadKernels(
  { memory }: LoadedModule,
  threads: number,
  { simd = detectSimd() ?? undefined, kernels = KERNELS, timeoutMs = TIMEOUT_MS }: StartOptions,
): Promise<KernelModule> {
  if (!simd) throw new Error("training on WASM needs an engine with SIMD, and this one has none");
  const file = `training-${simd}${threads > 1 ? "-shared" : ""}.wasm`;
  const binary = await Deno.readFile(new URL(file, kernels));
  return await loadKernelModule({ binary, memory, threads, timeoutMs });
}

/** Makes a loaded build the current backend, with our kernels. */
async function activate(
  loaded: LoadedModule,
  threads: number,
  message: string,
  options: StartOptions,
): Promise<StartedWasm> {
  const { module, close } = loaded;
  // Where ours compute, tfjs's own threads only look for work, on processors that ours need.
  setThreadsCount(options.stock ? threads : 1);
  let started: BackendWasm | undefined;
  let kernels: KernelModule | undefined;
  try {
    started = new BackendWasm(module); // starts the threads
    if (!options.stock) kernels = await loadKernels(loaded, threads, options);
  } catch (error) {
    started?.dispose(); // a thread that waits for work cannot be terminated
    close();
    throw error;
  }
  const backend = started;
  if (kernels) setKernels(backend, kernels);
  const stockBackend = tf.findBackendFactory(WASM);
  tf.removeBackend(WASM);
  tf.registerBackend(WASM, () => backend, 3);
  const restoreKernels = options.stock ? () => {} : installTrainingKernels();
  await tf.setBackend(WASM);
  let stopped = false;
  return {
    threads,
    message,
    stop() {
      if (stopped) return;
      stopped = true;
      running = false;
      // Disposes the backend: a thread that waits for work cannot be terminated.
      tf.removeBackend(WASM);
      kernels?.stop();
      close();
      restoreKernels();
      tf.registerBackend(WASM, stockBackend, 2);
    },
  };
}
