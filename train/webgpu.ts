import * as tf from "@tensorflow/tfjs-core";
import { installWebGpuKernels } from "../kernels/webgpu/mod.ts";

const NAME = "webgpu"; // what tfjs registers the kernels of this backend under

/** tfjs's WebGPUBackend: Deno and browsers load it from different files. */
export type WebGpuBackendClass = new (
  device: GPUDevice,
  info: GPUAdapterInfo,
) => tf.KernelBackend & { device: GPUDevice };

/** Features that tfjs uses where they exist. */
const FEATURES = ["timestamp-query", "bgra8unorm-storage"] as GPUFeatureName[];

/** Limits whose defaults are too small for large layers: the adapter's own are asked for. */
const LIMITS = [
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
  "maxStorageBuffersPerShaderStage",
] as const;

/**
 * Starts tfjs's WebGPU backend on `adapter`, or takes the one that runs. `lost` settles, with the
 * reason, when its device is gone; the next start then begins afresh.
 */
export async function startWebGpuBackend(
  Backend: WebGpuBackendClass,
  adapter: GPUAdapter,
): Promise<{ lost: Promise<string> }> {
  const running = runningBackend(NAME) as InstanceType<WebGpuBackendClass> | undefined;
  if (running) return { lost: lossOf(running.device) };

  const device = await requestDevice(adapter);
  if (tf.findBackendFactory(NAME)) tf.removeBackend(NAME);
  const backend = new Backend(device, adapter.info);
  tf.registerBackend(NAME, () => backend);
  await tf.setBackend(NAME);
  installWebGpuKernels(backend);
  device.lost.then(() => {
    if (runningBackend(NAME) === backend) tf.removeBackend(NAME);
  });
  return { lost: lossOf(device) };
}

/**
 * The device that tfjs's backend needs. (tfjs's own request nests one feature's name in an array,
 * which adapters that have the feature may refuse: denoland/webgpu-examples#22.)
 */
async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  return await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
}

async function lossOf(device: GPUDevice): Promise<string> {
  const { message } = await device.lost;
  return message || "the device was lost";
}

/** The backend called `name` if it has started. (tf.findBackend() would start it.) */
function runningBackend(name: string): tf.KernelBackend | undefined {
  return tf.engine().registry[name];
}
