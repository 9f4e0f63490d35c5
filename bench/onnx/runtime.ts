/**
 * onnxruntime-web in Deno. Its package (148 MB) has a config of its own, bench/onnxruntime/, and is
 * installed when a bench first needs it.
 */

const FOLDER = new URL("../onnxruntime/", import.meta.url);
const DIST = new URL("node_modules/onnxruntime-web/dist/", FOLDER);

/** The part of onnxruntime-web's interface that the bench uses. */
export interface Runtime {
  env: {
    wasm: { numThreads: number; wasmPaths: string };
    logLevel: string;
    versions: { web?: string };
  };
  Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
  InferenceSession: {
    create(
      file: Uint8Array,
      options: { executionProviders: string[]; graphOptimizationLevel: "all" },
    ): Promise<Session>;
  };
}

interface Session {
  readonly outputNames: readonly string[];
  run(inputs: Record<string, unknown>): Promise<Record<string, { data: Float32Array }>>;
}

/** The folder of the package's scripts, which is installed if it must be. */
export async function runtimeFolder(): Promise<URL> {
  const installed = await Deno.stat(DIST).then(() => true, () => false);
  if (!installed) {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--frozen"],
      cwd: FOLDER,
    }).output();
    if (!success) throw new Error(`onnxruntime-web: ${new TextDecoder().decode(stderr)}`);
  }
  return DIST;
}

/** Images [N, channels, height, width] of z [N, latentSize]. */
export type Generate = (z: Float32Array, count: number) => Promise<Float32Array>;

/** Loads the runtime, once a process, for `threads` threads. Gives what loads an ONNX file. */
export async function startRuntime(
  threads: number,
): Promise<(file: Uint8Array) => Promise<Generate>> {
  const folder = await runtimeFolder();
  const { Worker } = globalThis;
  // Threads start from blob: scripts, which Deno's node:worker_threads does not take.
  URL.createObjectURL = () => new URL("ort-wasm-simd-threaded.mjs", folder).href;
  const runtime: Runtime = await import(new URL("ort.wasm.bundle.min.mjs", folder).href);
  runtime.env.wasm.numThreads = threads;
  runtime.env.wasm.wasmPaths = folder.href;
  runtime.env.logLevel = "error";
  return async (file) => {
    const session = await runtime.InferenceSession.create(file, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
    globalThis.Worker = Worker; // the runtime puts Node's in its place
    const [output] = session.outputNames;
    return async (z, count) => {
      const input = new runtime.Tensor("float32", z, [count, z.length / count]);
      return (await session.run({ z: input }))[output].data;
    };
  };
}
