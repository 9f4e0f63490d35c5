/**
 * The WASM engine in a worker, as the page sees it: the page's own thread never computes, so that it
 * stays free to draw. Numbers move between the two without being copied.
 */

import type { LoadedPlan } from "../engine.ts";
import type { Plan } from "../plan.ts";
import { type EngineFiles, fetchBuild } from "./files.ts";

/** What the page asks of its worker. Plans have numbers. */
export type Request =
  | { kind: "start"; threads: number; binary: ArrayBuffer; threadScript: string }
  | { kind: "load"; plan: number; content: Plan }
  | { kind: "run"; plan: number; output: "images" | "pixels"; z: Float32Array; count: number }
  | { kind: "dispose"; plan: number };

/** Answers come in the order of the requests, one for each but `dispose`. */
export type Answer = { value: unknown } | { error: string };

export interface RemoteEngine {
  readonly threads: number;
  load(plan: Plan): LoadedPlan;
}

/**
 * Starts an engine in a worker, of `files` by absolute URLs. Throws an Error in one line when the page may have
 * no such worker (WorkerRefused), or when the engine does not start there.
 */
export async function startRemoteEngine(
  files: EngineFiles,
  threads: number,
): Promise<RemoteEngine> {
  const worker = openWorker(files.worker);
  const ask = connect(worker);
  try {
    const binary = await fetchBuild(files, { threads });
    await ask({ kind: "start", threads, binary, threadScript: files.thread }, [binary]);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  let plans = 0;
  return {
    threads,
    load(content) {
      const plan = plans++;
      const loaded = ask({ kind: "load", plan, content }, buffersOf(content));
      loaded.catch(() => {}); // heard by every run
      const run = async <T>(output: "images" | "pixels", z: Float32Array, count: number) => {
        await loaded;
        return await ask({ kind: "run", plan, output, z, count }) as T;
      };
      return {
        run: (z, count) => run<Float32Array>("images", z, count),
        pixels: (z, count) => run<Uint8ClampedArray<ArrayBuffer>>("pixels", z, count),
        dispose: () => ask({ kind: "dispose", plan }),
      };
    },
  };
}

/** The page's policy or its browser allows no worker: compute on the page's own thread. */
export class WorkerRefused extends Error {}

function openWorker(script: string): Worker {
  try {
    if (new URL(script).origin === location.origin) return new Worker(script, { type: "module" });
    // A worker's own script must be the page's: a page from elsewhere gets one that imports ours.
    const source = `import ${JSON.stringify(script)};`;
    const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    return new Worker(blob, { type: "module" });
  } catch (cause) {
    throw new WorkerRefused("the page may start no worker", { cause });
  }
}

type Ask = (request: Request, transfer?: Transferable[]) => Promise<unknown>;

function connect(worker: Worker): Ask {
  interface Waiting {
    resolve(value: unknown): void;
    reject(reason: Error): void;
  }
  const waiting: Waiting[] = [];
  let broken: Error | undefined;
  let answered = false;
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    answered = true;
    const { resolve, reject } = waiting.shift()!;
    if ("error" in data) reject(new Error(data.error));
    else resolve(data.value);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    // Before its first answer it may be the policy that forbids it, of which no more can be learnt.
    broken = answered
      ? new Error(`the sampler's worker failed: ${event.message}`)
      : new WorkerRefused("the page's worker did not load");
    waiting.splice(0).forEach(({ reject }) => reject(broken!));
  };
  return (request, transfer = []) => {
    if (broken) return Promise.reject(broken);
    worker.postMessage(request, transfer);
    if (request.kind === "dispose") return Promise.resolve();
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };
}

/** The memory of all numbers of a plan, each once. */
function buffersOf(plan: Plan): ArrayBuffer[] {
  const arrays = plan.steps.flatMap((step) =>
    step.kind === "dense"
      ? [step.matrix, step.bias]
      : [step.bias, ...step.rows.flat().map(({ filter }) => filter)]
  );
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}
