/** Counts what is asked of a GPU: on a software one, work can be measured and time cannot. */

import { BufferUsage, MapMode } from "../sampler/webgpu_flags.ts";

export interface GpuWork {
  /** Compute programs started. */
  dispatches: number;
  /** Command buffers handed to the queue. */
  submits: number;
  /** Writes from the CPU to a uniform buffer: tfjs's programs take their shapes from one. */
  uniforms: number;
  /** Every other write from the CPU: `writeBuffer`, `writeTexture`, a buffer that is mapped for writing. */
  uploads: number;
  /** Bytes of both. */
  uploadedBytes: number;
  /** Copies from buffer to buffer or texture on the GPU. */
  copies: number;
  /** Buffers that the CPU reads: `mapAsync(READ)`. */
  readBacks: number;
  /** Buffers, bind groups, pipelines and textures that were made. */
  allocations: number;
}

const none = (): GpuWork => ({
  dispatches: 0,
  submits: 0,
  uniforms: 0,
  uploads: 0,
  uploadedBytes: 0,
  copies: 0,
  readBacks: 0,
  allocations: 0,
});

type Method = (this: unknown, ...args: never[]) => unknown;

/**
 * Counts the work of every device of this process from now on; `take()` gives what came since it was
 * last called, and `stop()` puts the platform's methods back.
 */
export function countGpuWork(): { take(): GpuWork; stop(): void } {
  let work = none();
  const restores: (() => void)[] = [];

  /** Calls `count` with the arguments of each call of a method, before it. */
  function on<Self, Name extends keyof Self>(
    { prototype }: { prototype: Self },
    name: Name,
    count: (
      args: Self[Name] extends (...args: infer Args) => unknown ? Args : never,
      self: Self,
    ) => void,
  ) {
    const method = prototype[name] as Method;
    const counted = function (this: Self, ...args: never[]) {
      count(args as never, this);
      return method.apply(this, args);
    };
    prototype[name] = counted as Self[Name];
    restores.push(() => prototype[name] = method as Self[Name]);
  }

  const upload = (bytes: number, usage: number) => {
    if (usage & BufferUsage.UNIFORM) work.uniforms++;
    else work.uploads++;
    work.uploadedBytes += bytes;
  };
  on(GPUComputePassEncoder, "dispatchWorkgroups", () => work.dispatches++);
  on(GPUQueue, "submit", () => work.submits++);
  on(
    GPUQueue,
    "writeBuffer",
    ([buffer, , data, offset, size]) =>
      upload(sizeOf(data as ArrayBuffer, offset, size), buffer.usage),
  );
  on(GPUQueue, "writeTexture", ([, data]) => upload(data.byteLength, 0));
  on(GPUCommandEncoder, "copyBufferToBuffer", () => work.copies++);
  on(GPUCommandEncoder, "copyBufferToTexture", () => work.copies++);
  on(GPUBuffer, "mapAsync", ([mode], buffer) => {
    if (mode & MapMode.READ) work.readBacks++;
    else upload(buffer.size, buffer.usage);
  });
  on(GPUDevice, "createBuffer", ([{ mappedAtCreation, size, usage }]) => {
    work.allocations++;
    if (mappedAtCreation) upload(size, usage);
  });
  on(GPUDevice, "createBindGroup", () => work.allocations++);
  on(GPUDevice, "createTexture", () => work.allocations++);
  on(GPUDevice, "createComputePipeline", () => work.allocations++);
  on(GPUDevice, "createComputePipelineAsync", () => work.allocations++);
  return {
    take() {
      const taken = work;
      work = none();
      return taken;
    },
    stop: () => restores.forEach((restore) => restore()),
  };
}

/** Bytes that `writeBuffer` writes: offset and size are in the view's own elements. */
function sizeOf(data: ArrayBuffer | ArrayBufferView, offset = 0, size?: number): number {
  const bytes = (data as Partial<Uint8Array>).BYTES_PER_ELEMENT ?? 1;
  return size === undefined ? data.byteLength - offset * bytes : size * bytes;
}
