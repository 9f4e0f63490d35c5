/** The WASM engine on a page: in a worker, on threads where the page is isolated. */

import type { StartedWasm } from "./backend.ts";
import { type EngineFiles, fetchBuild } from "./wasm/files.ts";
import { startRemoteEngine, WorkerRefused } from "./wasm/remote.ts";

/** More gain nothing: a sample at batch 1 falls into few parts. */
const MOST_THREADS = 4;
/** On the page's own thread a frame of 60 a second must not be missed. */
const SLICE_MS = 6;

let started: Promise<StartedWasm> | undefined;

/** Starts the page's one WASM engine, or gives the one that runs; after a failure or a loss, a new one. */
export function startWasm(files: EngineFiles): Promise<StartedWasm> {
  if (!started) {
    const starting = start(absolute(files));
    const forget = () => {
      if (started === starting) started = undefined;
    };
    starting.then(({ lost }) => lost?.then(forget), forget);
    started = starting;
  }
  return started;
}

async function start(files: EngineFiles): Promise<StartedWasm> {
  const isolated = globalThis.crossOriginIsolated;
  // Half of what the browser counts: the rest are second threads of the same cores, and draw the page.
  const cores = Math.floor(navigator.hardwareConcurrency / 2);
  const threads = isolated ? Math.max(1, Math.min(MOST_THREADS, cores)) : 1;
  const note = isolated ? undefined : "the page is not cross-origin isolated";
  try {
    return { ...await startRemoteEngine(files, { threads, shared: isolated }), note };
  } catch (error) {
    if (error instanceof WorkerRefused) return await startOnPage(files, error.message);
    if (!isolated) throw error;
    // A shared memory must name its limit, and some machines give none of that size.
    const reason = error instanceof Error ? error.message : String(error);
    const alone = await startRemoteEngine(files, { threads: 1, shared: false });
    return { ...alone, note: `threads did not start: ${reason}` };
  }
}

async function startOnPage(files: EngineFiles, note: string): Promise<StartedWasm> {
  const { startEngine } = await import("./wasm/engine.ts");
  const binary = await fetchBuild(files, { threads: 1 });
  return { ...await startEngine({ threads: 1, sliceMs: SLICE_MS, binary }), note };
}

function absolute({ builds, worker, thread }: EngineFiles): EngineFiles {
  const url = (path: string) => new URL(path, location.href).href;
  return {
    builds: Object.fromEntries(Object.entries(builds).map(([name, path]) => [name, url(path)])),
    worker: url(worker),
    thread: url(thread),
  };
}
