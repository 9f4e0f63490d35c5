/**
 * The parts of tfjs's WASM backend that ganlet's kernels work on, with types: the heap, a tensor's
 * place in it, and the registry of kernels. Nothing else in ganlet looks inside the backend.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import type { KernelModule } from "./kernel_module.ts";

/** The name under which ganlet's kernels replace those of tfjs. */
export const WASM = "wasm";

export type Inputs = Record<string, tf.TensorInfo>;

/**
 * A kernel: reads `inputs`, returns a new tensor (or the description of one) on the same backend.
 */
export type Kernel = (
  inputs: Inputs,
  attrs: Record<string, unknown>,
  backend: BackendWasm,
) => tf.TensorInfo;

/** As `Kernel`, of one of our own operations (ops/), with any number of outputs. */
export type FusedKernel = (
  inputs: Inputs,
  attrs: Record<string, unknown>,
  backend: BackendWasm,
) => tf.TensorInfo[];

const modules = new WeakMap<BackendWasm, KernelModule>();

/** Binds our module on a backend's memory to the backend. */
export function setKernels(backend: BackendWasm, module: KernelModule): void {
  modules.set(backend, module);
}

/** Our module on this backend's memory: `kernelsOf(backend).parallel(…)`. */
export function kernelsOf(backend: BackendWasm): KernelModule {
  const module = modules.get(backend);
  if (!module) throw new Error("ganlet's kernels are not loaded: start the backend by startWasm()");
  return module;
}

/** Where a tensor's numbers start in the memory, in bytes: what our module's functions take. */
export function addressOf(backend: BackendWasm, tensor: tf.TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId);
}

let heap: Float32Array = new Float32Array(0);

/**
 * The backend's whole memory as float32. Index it with `floatOffset`. Take it again after every
 * allocation (`newTensor` or any tfjs op): memory that grows detaches the old view.
 */
export function float32Heap(backend: BackendWasm): Float32Array {
  const { buffer } = (backend.wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8;
  if (heap.buffer !== buffer) heap = new Float32Array(buffer);
  return heap;
}

let integers: Int32Array = new Int32Array(0);

/** The memory as 32-bit words, for plans that our module reads; take it again as `float32Heap`. */
export function words(backend: BackendWasm): Int32Array {
  const { buffer } = (backend.wasm as unknown as { HEAPU8: Uint8Array }).HEAPU8;
  if (integers.buffer !== buffer) integers = new Int32Array(buffer);
  return integers;
}

/** Where a float32 tensor starts in `float32Heap`, in elements. */
export function floatOffset(backend: BackendWasm, tensor: tf.TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId) / Float32Array.BYTES_PER_ELEMENT;
}

/** An uninitialised float32 tensor that the current tidy scope owns: its memory holds anything. */
export function newTensor(backend: BackendWasm, shape: number[]): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backend.makeOutput(shape, "float32"), backend);
}

/**
 * Puts `make(stock)` in the place of the WASM backend's kernel `name` and returns what restores the
 * stock one. `stock` runs the kernel that was replaced; it throws if the backend had none.
 * The stock set-up stays, because `stock` needs it when the backend starts.
 */
export function replaceKernel(name: string, make: (stock: Kernel) => Kernel): () => void {
  const config = tf.getKernel(name, WASM) as tf.KernelConfig | undefined;
  const stock: Kernel = (inputs, attrs, backend) => {
    if (!config) throw new Error(`tfjs's WASM backend has no kernel "${name}" for this input`);
    return config.kernelFunc({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as tf.TensorInfo;
  };
  const kernel = make(stock);
  if (config) tf.unregisterKernel(name, WASM);
  tf.registerKernel({
    kernelName: name,
    backendName: WASM,
    setupFunc: config?.setupFunc,
    disposeFunc: config?.disposeFunc,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(inputs as Inputs, attrs ?? {}, backend as BackendWasm),
  });
  return () => {
    tf.unregisterKernel(name, WASM);
    if (config) tf.registerKernel(config);
  };
}

/** Adds a kernel of our own; returns what removes it. */
export function addKernel(name: string, kernel: FusedKernel): () => void {
  tf.registerKernel({
    kernelName: name,
    backendName: WASM,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(inputs as Inputs, attrs ?? {}, backend as BackendWasm),
  });
  return () => tf.unregisterKernel(name, WASM);
}
