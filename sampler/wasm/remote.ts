/**
 * The WASM engine in a worker, as the page sees it: the page's own thread never computes, so that it
 * stays free to draw. Numbers move between the two without being copied. Where the page sees the engine's
 * memory, single images that take less than the way to the worker and back are computed here (direct.ts).
 */

import type { SharedPool } from "../../kernels/thread_pool.ts";
import type { LoadedPlan } from "../engine.ts";
import type { Plan } from "../plan.ts";
import type { Output } from "./buffers.ts";
import { type Direct, joinEngine, type OneImage } from "./direct.ts";
import { type EngineFiles, fetchBuild } from "./files.ts";

/** What the page asks of its worker. Plans have numbers. */
export type Request =
  | Start
  | { kind: "load"; plan: number; content: Plan }
  | { kind: "run"; plan: number; output: Output; z: Float32Array; count: number }
  | { kind: "dispose"; plan: number };

interface Start {
  kind: "start";
  threads: number;
  shared: boolean;
  binary: ArrayBuffer;
  threadScript: string;
}

/** Answers come in the order of the requests, one for each but `dispose`: a start's is a SharedPool or null, a load's a OneImage. */
export type Answer = Found | { error: string };

interface Found {
  readonly value: unknown;
  /** That the worker took. */
  readonly milliseconds: number;
}

export interface RemoteEngine {
  readonly threads: number;
  /** Settles, with the reason, when the worker has failed: what was loaded there is gone. */
  readonly lost: Promise<string>;
  load(plan: Plan): LoadedPlan;
}

/**
 * Starts an engine in a worker, of `files` by absolute URLs. Throws an Error in one line when the page may have
 * no such worker (WorkerRefused), or when the engine does not start there.
 */
export async function startRemoteEngine(
  files: EngineFiles,
  { threads, shared }: { threads: number; shared: boolean },
): Promise<RemoteEngine> {
  const worker = openWorker(files.worker);
  const { ask, lost } = connect(worker);
  let direct: Direct | undefined;
  try {
    const binary = await fetchBuild(files, { threads, shared });
    const request: Start = { kind: "start", threads, shared, binary, threadScript: files.thread };
    const pool = (await ask(request, [binary])).value as SharedPool | null;
    if (pool) direct = await joinEngine(pool);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  let plans = 0;
  return {
    threads,
    lost,
    load(content) {
      const plan = plans++;
      const loaded = ask({ kind: "load", plan, content }, buffersOf(content));
      loaded.catch(() => {}); // heard by every run
      let milliseconds = Infinity; // of one image, last time
      const run = async <T>(output: Output, z: Float32Array, count: number) => {
        const oneImage = (await loaded).value as OneImage;
        if (direct && count === 1) {
          const start = performance.now();
          const result = direct.run(oneImage, output, z, milliseconds);
          if (result) {
            milliseconds = performance.now() - start;
            return result as T;
          }
        }
        const found = await ask({ kind: "run", plan, output, z, count });
        if (count === 1) milliseconds = found.milliseconds;
        return found.value as T;
      };
      return {
        run: (z, count) => run<Float32Array>("images", z, count),
        pixels: (z, count) => run<Uint8ClampedArray<ArrayBuffer>>("pixels", z, count),
        dispose: () => void ask({ kind: "dispose", plan }).catch(() => {}), // a worker that is gone holds nothing
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

/** A worker that owes an answer and gives none for so long has died without an event. */
const MOST_SILENT_S = 30;

type Ask = (request: Request, transfer?: Transferable[]) => Promise<Found>;

function connect(worker: Worker): { ask: Ask; lost: Promise<string> } {
  interface Waiting {
    resolve(found: Found): void;
    reject(reason: Error): void;
  }
  const waiting: Waiting[] = [];
  let broken: Error | undefined;
  let answered = false;
  let clock: ReturnType<typeof setInterval> | undefined;
  let lose: (reason: string) => void;
  const lost = new Promise<string>((resolve) => lose = resolve);
  const fail = (reason: string) => {
    // Before its first answer it may be the policy that forbids it, of which no more can be learnt.
    broken = answered
      ? new Error(`the sampler's worker ${reason}`)
      : new WorkerRefused("the page's worker did not load");
    lose(broken.message); // first: who waits shall hear that it is gone, not only that one request failed
    waiting.splice(0).forEach(({ reject }) => reject(broken!));
    listen();
    worker.terminate(); // whatever still runs there
  };
  /** Counts the seconds until the next answer, where one is owed. A page that sleeps counts none. */
  const listen = () => {
    clearInterval(clock);
    if (waiting.length === 0) return;
    let seconds = 0;
    clock = setInterval(() => {
      if (++seconds > MOST_SILENT_S) fail("no longer answers");
    }, 1000);
  };
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    answered = true;
    const { resolve, reject } = waiting.shift()!;
    listen();
    if ("error" in data) reject(new Error(data.error));
    else resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail(`failed: ${event.message}`);
  };
  const ask: Ask = (request, transfer = []) => {
    if (broken) return Promise.reject(broken);
    worker.postMessage(request, transfer);
    if (request.kind === "dispose") return Promise.resolve({ value: null, milliseconds: 0 });
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      if (waiting.length === 1) listen();
    });
  };
  return { ask, lost };
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
