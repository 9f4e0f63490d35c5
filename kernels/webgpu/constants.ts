/**
 * tfjs writes every program's shapes into a uniform buffer, and every number in an expression and every tensor of ones in a
 * gradient into a buffer of its own, each time. In training these are the same at every step: here they stay on the GPU.
 */
import type { TensorData, UniformData, WebGpuBackend } from "./backend.ts";

/** What is kept at most; what comes after is written as tfjs does it. A training run has some hundreds. */
const [MOST, MOST_BYTES] = [4096, 2 ** 28];

/** Makes `backend` keep the uniforms and constant tensors that it has seen; returns what undoes that. */
export function keepConstants(backend: WebGpuBackend): () => void {
  const { makeUniforms, uploadToGPU } = backend;
  const uniforms = new Map<string, GPUBufferBinding>();
  const constants = new Map<string, GPUBuffer>();
  let bytes = 0;

  backend.makeUniforms = (data) => {
    const key = uniformKey(data);
    const kept = uniforms.get(key);
    if (kept) return kept;
    const made = makeUniforms.call(backend, data);
    if (uniforms.size < MOST) {
      backend.uniformPendingDisposal.pop(); // not to be given to another program after this one
      uniforms.set(key, made);
    }
    return made;
  };
  backend.uploadToGPU = (dataId) => {
    const data = backend.tensorMap.get(dataId);
    const key = constantKey(data);
    const kept = key && constants.get(key);
    if (kept) {
      data.resource = kept;
      data.values = null;
    } else {
      uploadToGPU.call(backend, dataId);
      if (!key || constants.size >= MOST || bytes + data.resource!.size > MOST_BYTES) return;
      constants.set(key, data.resource!);
      bytes += data.resource!.size;
    }
    data.external = true; // its buffer outlives the tensor
  };
  return () => Object.assign(backend, { makeUniforms, uploadToGPU });
}

/** Gives a tensor whose buffer is kept for others a buffer of its own, to be written to. */
export function ownBuffer(backend: WebGpuBackend, dataId: object): void {
  backend.uploadToGPU(dataId);
  const data = backend.tensorMap.get(dataId);
  if (!data.external) return;
  const { size, usage } = data.resource!;
  const buffer = backend.bufferManager.acquireBuffer(size, usage);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(data.resource!, 0, buffer, 0, size);
  data.resource = buffer;
  data.external = false;
}

function uniformKey(data: UniformData[]): string {
  return data.map(({ type, data }) => `${type} ${data}`).join();
}

/** Of a tensor that only the CPU has and whose numbers are all the same. */
function constantKey({ resource, values, dtype }: TensorData): string | undefined {
  if (resource || !values || dtype === "string" || dtype === "complex64") return undefined;
  const numbers = values as Float32Array | Int32Array | Uint8Array;
  const [first] = numbers;
  if (!numbers.every((value) => Object.is(value, first))) return undefined;
  return `${dtype} ${numbers.length} ${Object.is(first, -0) ? "-0" : first}`;
}
