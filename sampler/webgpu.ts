/** WebGPU for the sampler: one device, by the platform's own interface. TensorFlow.js has no part in it. */
import { isSoftware } from "./backend.ts";
import type { Plan } from "./plan.ts";
import { type GpuPlan, loadGpuPlan } from "./webgpu_engine.ts";

// Only a GPU is checked before it is trusted: its visitors load both together.
export { computesRight } from "./self_check.ts";

/** A GPU that is ready to sample. */
export interface StartedWebGpu {
  /** Settles, with the reason, when the device is gone or has refused work: what it computes then is worthless. */
  readonly lost: Promise<string>;
  load(plan: Plan): GpuPlan;
}

/** A device with the programs that it has compiled, by their source: all plans share them. */
export interface Gpu {
  readonly device: GPUDevice;
  /** Whether a WebGPU canvas works on it. */
  readonly canvases: boolean;
  compile(code: string): Promise<GPUComputePipeline>;
}

/** Limits whose defaults are too small for large layers: the adapter's own are asked for. */
const LIMITS = ["maxStorageBufferBindingSize", "maxBufferSize"] as const;

let running: Promise<StartedWebGpu> | undefined;

/** Starts the one device of this page or process on `adapter`, or gives the one that runs; after a loss, a new one. */
export function startWebGpu(adapter: GPUAdapter): Promise<StartedWebGpu> {
  if (!running) {
    const starting = start(adapter);
    const forget = () => {
      if (running === starting) running = undefined;
    };
    starting.then(({ lost }) => lost.then(forget), forget);
    running = starting;
  }
  return running;
}

async function start(adapter: GPUAdapter): Promise<StartedWebGpu> {
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  const programs = new Map<string, Promise<GPUComputePipeline>>();
  const gpu: Gpu = {
    device,
    // Chromium's software adapter computes, but ends with the whole GPU process when it shall draw on a canvas.
    canvases: !isSoftware(adapter),
    compile(code) {
      const program = programs.get(code) ?? device.createComputePipelineAsync({
        layout: "auto",
        compute: { module: device.createShaderModule({ code }), entryPoint: "main" },
      });
      programs.set(code, program);
      return program;
    },
  };
  const lost = Promise.race([
    device.lost.then(({ message }) => message || "the device was lost"),
    // A buffer too large for the GPU's memory, for instance: WebGPU goes on with zeros.
    new Promise<string>((fail) =>
      device.addEventListener("uncapturederror", ({ error }) => fail(error.message), { once: true })
    ),
  ]);
  lost.then(() => device.destroy());
  return {
    lost,
    load: (plan) => loadGpuPlan(plan, gpu),
  };
}
