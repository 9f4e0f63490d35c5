/**
 * Loads tfjs's WASM builds in Deno. tfjs's own loader takes Deno for Node: one thread, and
 * listeners on `process` that stay for good. Its scripts ("glue", made by Emscripten) are therefore
 * run here with the globals by which they tell Node and browsers apart hidden, and with the binary
 * supplied.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { ModuleMemory } from "./kernel_module.ts";

export type WasmModule = ConstructorParameters<typeof BackendWasm>[0];

/** A loaded build. Dispose the backend that uses it, then `close` it: that ends its workers. */
export interface LoadedModule {
  module: WasmModule;
  memory: ModuleMemory;
  close(): void;
}

/** A glue, its binary and the variable by which the glue hands over its factory. */
export interface Build {
  glue: string;
  binary: string;
  factory: string;
}

/** Where tfjs keeps its builds. */
export const BUILDS = new URL(
  "../wasm-out/",
  import.meta.resolve("@tensorflow/tfjs-backend-wasm"),
);

const SINGLE: Build = {
  // One glue serves the builds with and without SIMD; "tfjs-backend-wasm-simd.js" does not load.
  glue: "tfjs-backend-wasm.js",
  binary: "tfjs-backend-wasm-simd.wasm",
  factory: "WasmBackendModule",
};

/** Loads the build for one thread. */
export async function loadSingle(): Promise<LoadedModule> {
  const glue = await Deno.readTextFile(new URL(SINGLE.glue, BUILDS));
  const binary = await Deno.readFile(new URL(SINGLE.binary, BUILDS));
  const url = blobUrl(glueSource(glue, SINGLE));
  try {
    const createFactory = await importGlue(url);
    let memory: WebAssembly.Memory;
    const module = await instantiate(createFactory(), binary, () => (exports) => {
      memory = exports.memory as WebAssembly.Memory;
    });
    return { module, memory: memoryOf(module, memory!), close() {} };
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Emscripten's factory: settings in, module out. */
export type Factory = (settings: Record<string, unknown>) => Promise<WasmModule>;

/**
 * Makes the factory; the scope holds what the glue finds in the place of the globals of these
 * names.
 */
export type CreateFactory = (
  scope?: { Worker?: unknown; navigator?: unknown; startWorker?: unknown },
) => Factory;

// With `importScripts` the glue takes itself to be in a worker, whose waits for other threads may
// block.
const HIDDEN = `
const process = undefined, require = undefined, __filename = undefined, __dirname = undefined,
  window = undefined, document = undefined, exports = undefined, module = undefined,
  define = undefined, importScripts = () => {}, self = { location: { href: "blob:" } };
`;

/** The glue as the source of a module whose default export is a `CreateFactory`. */
export function glueSource(glue: string, { factory }: Build): string {
  return `export default ({ Worker, navigator, startWorker } = {}) => {${HIDDEN}${glue}
return ${factory}; };`;
}

/** A blob: URL of JavaScript; revoke it when it is loaded for good. */
export function blobUrl(source: string): string {
  return URL.createObjectURL(new Blob([source], { type: "application/javascript" }));
}

export async function importGlue(url: string): Promise<CreateFactory> {
  return (await import(url)).default;
}

/**
 * Runs the factory on `binary`. `watch` sees the module's imports before, and its exports after, it
 * is instantiated. Throws if the module aborts while it starts.
 */
export async function instantiate(
  factory: Factory,
  binary: BufferSource,
  watch: (imports: WebAssembly.ModuleImports) => (exports: WebAssembly.Exports) => void =
    () => () => {},
): Promise<WasmModule> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const module = await Promise.race([
    failed,
    factory({
      locateFile: (name: string) => name,
      onAbort: (reason: unknown) => reject(new Error(`it aborted: ${reason}`)),
      async instantiateWasm(
        imports: WebAssembly.Imports,
        receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
      ) {
        try {
          const seeExports = watch(imports.env);
          const { instance, module } = await WebAssembly.instantiate(binary, imports);
          seeExports(instance.exports);
          receive(instance, module);
        } catch (error) {
          reject(error);
        }
      },
    }),
  ]);
  bindCalls(module);
  return module;
}

/** What kernels of our own need of the module's memory. */
export function memoryOf(module: WasmModule, memory: WebAssembly.Memory): ModuleMemory {
  const { _malloc, _free } = module as unknown as {
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  return {
    memory,
    allocate(bytes) {
      const address = _malloc(bytes);
      if (address === 0) throw new Error(`No memory left for ${bytes} bytes`);
      return address;
    },
    free: (address) => _free(address),
  };
}

/** Binds the functions by which tfjs's backend calls the module, as tfjs's own loader does. */
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
