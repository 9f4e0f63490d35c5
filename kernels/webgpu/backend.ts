/**
 * The parts of tfjs's WebGPU backend that ganlet's programs work on, with types: its tensors' buffers
 * and the pass that its own programs go into. Nothing else in ganlet looks inside the backend.
 */
import * as tf from "@tensorflow/tfjs-core";

/** The name under which tfjs registers the backend and its kernels. */
export const WEBGPU = "webgpu";

export interface TensorData {
  readonly dtype: tf.DataType;
  readonly shape: readonly number[];
  /** What the CPU has of it: before an upload, and after a read-back. */
  values: tf.BackendValues | null;
  resource: GPUBuffer | null;
  /** Whether `resource` belongs to somebody else, and must outlive the tensor. */
  external?: boolean;
}

export interface WebGpuBackend extends tf.KernelBackend {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: tf.DataId): TensorData };
  uploadToGPU(dataId: tf.DataId): void;
  makeTensorInfo(
    shape: number[],
    dtype: tf.DataType,
    values?: tf.BackendValues | number[],
  ): tf.TensorInfo;
  makeUniforms(uniforms: UniformData[]): GPUBufferBinding;
  uniformPendingDisposal: GPUBuffer[];
  readonly bufferManager: { acquireBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer };
  /** Tensors that commands not yet submitted use: their buffers are given back after those. */
  readonly commandQueueOwnedIds: WeakSet<tf.DataId>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

export interface UniformData {
  type: "int32" | "uint32" | "float32";
  data: number[];
}

export type Inputs = Record<string, tf.TensorInfo>;
export type GpuKernel = (
  inputs: Inputs,
  attrs: Record<string, unknown>,
  backend: WebGpuBackend,
) => tf.TensorInfo | tf.TensorInfo[];

/** A program and what it is run on: `code` binds `tensors` to 0, 1, 2, … */
export interface Dispatch {
  readonly code: string;
  readonly tensors: readonly tf.TensorInfo[];
  readonly workgroups: readonly [x: number, y?: number, z?: number];
}

const programs = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/** Appends a dispatch to the commands of tfjs, whose order it keeps. */
export function dispatch(
  backend: WebGpuBackend,
  { code, tensors, workgroups }: Dispatch,
): void {
  const { device } = backend;
  const buffers = tensors.map(({ dataId }) => {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId);
    return { buffer: backend.tensorMap.get(dataId).resource! };
  });
  const pipeline = compiled(device, code);
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((resource, binding) => ({ binding, resource })),
  });
  backend.ensureCommandEncoderReady();
  backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
  backend.computePassEncoder.setPipeline(pipeline);
  backend.computePassEncoder.setBindGroup(0, bindings);
  backend.computePassEncoder.dispatchWorkgroups(...workgroups);
  backend.dispatchCountInPass++;
  if (backend.dispatchCountInPass < tf.env().getNumber("WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE")) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

function compiled(device: GPUDevice, code: string): GPUComputePipeline {
  const ofDevice = programs.get(device) ?? new Map<string, GPUComputePipeline>();
  programs.set(device, ofDevice);
  const pipeline = ofDevice.get(code) ?? device.createComputePipeline({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }), entryPoint: "main" },
  });
  ofDevice.set(code, pipeline);
  return pipeline;
}

/** A number as WGSL's f32. */
export const f32 = (value: unknown) => `${value}f`;

/** Declares the bindings of a program: names with a `*` are written to, `quads` are read as vec4f. */
export function declare(
  names: readonly string[],
  quads: Readonly<Record<string, boolean>> = {},
): string {
  return names.map((starred, i) => {
    const access = starred.startsWith("*") ? "read_write" : "read";
    const name = starred.replace("*", "");
    const type = quads[name] ? "vec4f" : "f32";
    return `@group(0) @binding(${i}) var<storage, ${access}> ${name}: array<${type}>;\n`;
  }).join("");
}
