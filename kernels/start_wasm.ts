/**
 * tfjs's WASM backend inside Deno, on several threads where they start, with ganlet's training
 * kernels.
 */
import { BackendWasm, setThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { WASM } from "./backend.ts";
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
      const loaded = await loadThreaded(threads, options.timeoutMs ?? 20_000, options.builds);
      return await activate(loaded, threads, `WASM, ${threads} threads`);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `WASM, 1 thread: the build for ${threads} threads did not start (${reason})`;
      return await activate(await loadSingle(), 1, message);
    }
  }
  return await activate(await loadSingle(), 1, "WASM, 1 thread");
}

/** Makes a loaded build the current backend, with our kernels. */
async function activate(
  { module, close }: LoadedModule,
  threads: number,
  message: string,
): Promise<StartedWasm> {
  setThreadsCount(threads);
  let backend: BackendWasm;
  try {
    backend = new BackendWasm(module); // starts the threads
  } catch (error) {
    close();
    throw error;
  }
  const stockBackend = tf.findBackendFactory(WASM);
  tf.removeBackend(WASM);
  tf.registerBackend(WASM, () => backend, 3);
  const restoreKernels = installTrainingKernels();
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
      close();
      restoreKernels();
      tf.registerBackend(WASM, stockBackend, 2);
    },
  };
}
