/** Loads tfjs's WASM build for several threads in Deno. */
import { BoundedWait } from "./bounded_wait.ts";
import {
  blobUrl,
  type Build,
  BUILDS,
  glueSource,
  importGlue,
  instantiate,
  type LoadedModule,
  memoryOf,
} from "./wasm_module.ts";

const THREADED: Build = {
  glue: "tfjs-backend-wasm-threaded-simd.js",
  binary: "tfjs-backend-wasm-threaded-simd.wasm",
  factory: "WasmBackendModuleThreadedSimd",
};

/**
 * Loads the build for `threads` threads from the folder `builds`, and waits until `threads - 1`
 * workers hold it. Their threads start when the backend does; both are limited to `timeoutMs` each.
 *
 * Throws if the glue is not the one known here, if a worker fails, or if it takes too long.
 */
export async function loadThreaded(
  threads: number,
  timeoutMs: number,
  builds = BUILDS,
): Promise<LoadedModule> {
  const glue = withPoolOf(threads - 1, await Deno.readTextFile(new URL(THREADED.glue, builds)));
  const binary = await Deno.readFile(new URL(THREADED.binary, builds));
  const glueUrl = blobUrl(glueSource(glue, THREADED));
  const workers: Worker[] = [];
  const close = () => {
    workers.forEach((worker) => worker.terminate());
    URL.revokeObjectURL(glueUrl);
  };
  const { promise: failed, reject } = Promise.withResolvers<never>();
  class GlueWorker extends Worker {
    constructor() {
      super(import.meta.resolve("./thread_worker.ts"), { type: "module" });
      workers.push(this);
      this.postMessage({ cmd: "glue", url: glueUrl });
      // Ahead of the glue's own listeners, which throw what nothing could catch.
      this.addEventListener("error", (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        reject(new Error(`a worker failed: ${event.message}`));
      });
      this.addEventListener("message", (event) => {
        if (!("failed" in event.data)) return;
        event.stopImmediatePropagation();
        reject(new Error(`a worker failed: ${event.data.failed}`));
      });
    }
  }
  const late = setTimeout(
    () => reject(new Error(`its workers were not ready after ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  // A worker may fail after the race below is over.
  failed.catch(() => {});
  try {
    const factory = (await importGlue(glueUrl))({
      Worker: GlueWorker,
      // The build takes half of what it finds here.
      navigator: { hardwareConcurrency: 2 * threads },
    });
    const wait = new BoundedWait();
    let memory: WebAssembly.Memory;
    const loading = instantiate(factory, binary, (imports) => {
      memory = Object.values(imports).find((value) => value instanceof WebAssembly.Memory)!;
      return wait.watch(imports);
    });
    const module = await Promise.race([loading, failed]);
    const { initWithThreadsCount } = module.tfjs;
    module.tfjs.initWithThreadsCount = (count) =>
      wait.during(() => initWithThreadsCount(count), timeoutMs);
    return { module, memory: memoryOf(module, memory!), close };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

/** Emscripten would start eight workers, whatever the number of threads. */
function withPoolOf(workers: number, glue: string): string {
  const poolSize = "pthreadPoolSize=8";
  if (glue.split(poolSize).length !== 2) {
    throw new Error(`${THREADED.glue} is not the one known here: it lacks "${poolSize}"`);
  }
  return glue.replace(poolSize, `pthreadPoolSize=${workers}`);
}
