/**
 * Loads tfjs's WASM builds in Deno. tfjs's own loader takes Deno for Node: one thread, listeners on
 * `process` that stay for good. Its scripts ("glue", made by Emscripten) are therefore run here with the
 * globals by which they tell Node and browsers apart hidden, and with the binary and the workers supplied.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

type WasmModule = ConstructorParameters<typeof BackendWasm>[0];

/** A loaded build. `close` ends its threads; the module is dead afterwards. */
export interface LoadedModule {
  module: WasmModule;
  close(): void;
}

interface Build {
  glue: string;
  binary: string;
  /** The variable that the glue defines. */
  factory: string;
}

const SINGLE: Build = {
  // One glue serves the builds with and without SIMD; "tfjs-backend-wasm-simd.js" does not load.
  glue: "tfjs-backend-wasm.js",
  binary: "tfjs-backend-wasm-simd.wasm",
  factory: "WasmBackendModule",
};

const THREADED: Build = {
  glue: "tfjs-backend-wasm-threaded-simd.js",
  binary: "tfjs-backend-wasm-threaded-simd.wasm",
  factory: "WasmBackendModuleThreadedSimd",
};

/** Where tfjs ships its builds. */
export const BUILDS = new URL(
  "../wasm-out/",
  import.meta.resolve("@tensorflow/tfjs-backend-wasm"),
);

/** Loads the build for one thread. */
export async function loadSingle(from: URL = BUILDS): Promise<LoadedModule> {
  const create = await importGlue(await Deno.readTextFile(new URL(SINGLE.glue, from)), SINGLE);
  const binary = await Deno.readFile(new URL(SINGLE.binary, from));
  const module = await instantiate(create(), binary);
  return { module, close() {} };
}

/** What the glue's factory takes and gives, as far as it is used here. */
type Factory = (settings: Record<string, unknown>) => Promise<WasmModule>;
type Create = (scope?: Record<string, unknown>) => Factory;

// Hidden, or answered as in a browser's worker: with `importScripts`, Emscripten waits for threads by
// `Atomics.wait`; as a page's main thread it would spin.
const HIDDEN = `
const process = undefined, require = undefined, __filename = undefined, __dirname = undefined,
  window = undefined, document = undefined, exports = undefined, module = undefined, define = undefined,
  importScripts = () => {}, self = { location: { href: "blob:" } };
`;

/** The glue as a module whose default export makes the factory, in a scope of our own. */
function glueSource(glue: string, { factory }: Build): string {
  return `export default ({ Worker, navigator, startWorker } = {}) => {${HIDDEN}${glue}
return ${factory}; };`;
}

async function importGlue(glue: string, build: Build): Promise<Create> {
  const url = blobUrl(glueSource(glue, build));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function blobUrl(source: string): string {
  return URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
}

async function instantiate(factory: Factory, binary: BufferSource): Promise<WasmModule> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const module = await Promise.race([
    factory({
      locateFile: (name: string) => name,
      onAbort: (reason: unknown) => reject(new Error(String(reason))),
      instantiateWasm(
        imports: WebAssembly.Imports,
        receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) {
        WebAssembly.instantiate(binary, imports)
          .then(({ instance, module }) => receive(instance, module)).catch(reject);
        return {};
      },
    }),
    failed,
  ]);
  bindCalls(module);
  return module;
}

/** The functions by which tfjs's backend calls the module, as its own loader binds them. */
function bindCalls(module: WasmModule): void {
  const { cwrap } = module as unknown as {
    cwrap<F>(name: string, result: "number" | null, parameters: "number"[]): F;
  };
  module.tfjs = {
    init: cwrap("init", null, []),
    initWithThreadsCount: cwrap("init_with_threads_count", null, ["number"]),
    getThreadsCount: cwrap("get_threads_count", "number", []),
    registerTensor: cwrap("register_tensor", null, ["number", "number", "number"]),
    disposeData: cwrap("dispose_data", null, ["number"]),
    dispose: cwrap("dispose", null, []),
  };
}

/**
 * Loads the build for several threads and waits until `threads - 1` workers hold it.
 *
 * Throws if the glue is not the one known here, if a worker fails, or after `timeoutMs`.
 */
export async function loadThreaded(
  threads: number,
  timeoutMs: number,
  from: URL = BUILDS,
): Promise<LoadedModule> {
  const glue = withPoolOf(threads - 1, await Deno.readTextFile(new URL(THREADED.glue, from)));
  const binary = await Deno.readFile(new URL(THREADED.binary, from));
  const glueUrl = blobUrl(glueSource(glue, THREADED));
  const workerUrl = blobUrl(workerSource(glueUrl));
  const workers: Worker[] = [];
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const close = () => {
    workers.forEach((worker) => worker.terminate());
    URL.revokeObjectURL(workerUrl);
    URL.revokeObjectURL(glueUrl);
  };
  class GlueWorker extends Worker {
    constructor() {
      super(workerUrl, { type: "module" });
      workers.push(this);
      this.addEventListener("error", (event) => {
        event.preventDefault();
        // The glue's own handler would throw the event, uncaught.
        event.stopImmediatePropagation();
        reject(new Error(`a worker failed: ${event.message}`));
      });
    }
  }
  const late = setTimeout(
    () => reject(new Error(`its workers were not ready after ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    const create: Create = (await import(glueUrl)).default;
    const factory = create({
      Worker: GlueWorker,
      // The build takes half of what it finds here.
      navigator: { hardwareConcurrency: 2 * threads },
    });
    return { module: await Promise.race([instantiate(factory, binary), failed]), close };
  } catch (error) {
    close();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

function withPoolOf(workers: number, glue: string): string {
  const poolSize = "pthreadPoolSize=8";
  if (glue.split(poolSize).length !== 2) {
    throw new Error(`tfjs's loader is not the one known here ("${poolSize}" once)`);
  }
  return glue.replace(poolSize, `pthreadPoolSize=${workers}`);
}

/** The messages that Emscripten's worker script answers, for a module worker without `importScripts`. */
function workerSource(glueUrl: string): string {
  return `import create from ${JSON.stringify(glueUrl)};
let Module = {};
const early = [];
let started = false;
const startWorker = (instance) => {
  Module = instance;
  postMessage({ cmd: "loaded" });
};
function load({ wasmModule, wasmMemory }) {
  Object.assign(Module, {
    wasmMemory,
    buffer: wasmMemory.buffer,
    ENVIRONMENT_IS_PTHREAD: true,
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(wasmModule, imports);
      receive(instance);
      return instance.exports;
    },
  });
  create({ startWorker, navigator })(Module);
}
function run(data) {
  Module.__emscripten_thread_init(data.pthread_ptr, 0, 0, 1);
  Module.establishStackSpace();
  Module.PThread.receiveObjectTransfer(data);
  Module.PThread.threadInitTLS();
  if (!started) early.forEach((queue) => Module.executeNotifiedProxyingQueue(queue));
  started = true;
  try {
    Module.invokeEntryPoint(data.start_routine, data.arg);
  } catch (error) {
    if (error === "unwind") return;
    if (!(error instanceof Module.ExitStatus)) throw error;
    if (!Module.keepRuntimeAlive()) Module.__emscripten_thread_exit(error.status);
  }
}
self.onmessage = ({ data }) => {
  if (data.cmd === "load") load(data);
  else if (data.cmd === "run") run(data);
  else if (data.cmd === "cancel" && Module._pthread_self()) Module.__emscripten_thread_exit(-1);
  else if (data.cmd === "processProxyingQueue") {
    if (started) Module.executeNotifiedProxyingQueue(data.queue);
    else early.push(data.queue);
  }
};`;
}
