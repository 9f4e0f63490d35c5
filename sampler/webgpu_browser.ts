/** tfjs's WebGPU backend with only the kernels that a plan runs: 25 KB (gzip) where all are 67. */

import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu.js";
import { concatConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Concat.js";
import { fusedConv2DConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/FusedConv2D.js";
import { identityConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Identity.js";
import { reshapeConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/Reshape.js";
import { _fusedMatMulConfig } from "@tensorflow/tfjs-backend-webgpu/dist/kernels/_FusedMatMul.js";
import * as tf from "@tensorflow/tfjs-core";
import { startWebGpuBackend } from "./webgpu.ts";

for (
  const config of [
    _fusedMatMulConfig,
    concatConfig,
    fusedConv2DConfig,
    identityConfig,
    reshapeConfig,
  ]
) tf.registerKernel(config);

/** Starts the page's one WebGPU backend on `adapter`, or gives the one that runs. */
export function startWebGpu(adapter: GPUAdapter): Promise<{ lost: Promise<string> }> {
  return startWebGpuBackend(WebGPUBackend, adapter);
}
