/** Training on tfjs's WebGPU backend: the fused operations as programs of ours, and fewer writes from the CPU. */
import * as tf from "@tensorflow/tfjs-core";
import { BATCH_NORM_LEAKY_RELU, BATCH_NORM_LEAKY_RELU_GRAD } from "../ops/batch_norm_leaky_relu.ts";
import { BIAS_LEAKY_RELU, BIAS_LEAKY_RELU_GRAD } from "../ops/bias_leaky_relu.ts";
import { BIAS_TANH, BIAS_TANH_GRAD } from "../ops/bias_tanh.ts";
import { TIMES_LEAKY_RELU_SLOPE } from "../ops/leaky_relu_slope.ts";
import {
  ADAM_UPDATE,
  CLIP_UPDATE,
  MOVING_AVERAGE_UPDATE,
  RMS_PROP_UPDATE,
} from "../ops/updates.ts";
import { type GpuKernel, type Inputs, WEBGPU, type WebGpuBackend } from "./backend.ts";
import { batchNormLeakyRelu, batchNormLeakyReluGradient } from "./batch_norm.ts";
import {
  biasLeakyRelu,
  biasLeakyReluGradient,
  biasTanh,
  biasTanhGradient,
  timesLeakyReluSlope,
} from "./bias.ts";
import { conv2dFilterGradient, conv2dInputGradient, type Replacement } from "./convolution.ts";
import { keepConstants } from "./constants.ts";
import { adamUpdate, clipUpdate, movingAverageUpdate, rmsPropUpdate } from "./updates.ts";

const KERNELS: Record<string, GpuKernel> = {
  [BATCH_NORM_LEAKY_RELU]: batchNormLeakyRelu,
  [BATCH_NORM_LEAKY_RELU_GRAD]: batchNormLeakyReluGradient,
  [BIAS_LEAKY_RELU]: biasLeakyRelu,
  [BIAS_LEAKY_RELU_GRAD]: biasLeakyReluGradient,
  [BIAS_TANH]: biasTanh,
  [BIAS_TANH_GRAD]: biasTanhGradient,
  [TIMES_LEAKY_RELU_SLOPE]: timesLeakyReluSlope,
  [ADAM_UPDATE]: adamUpdate,
  [RMS_PROP_UPDATE]: rmsPropUpdate,
  [MOVING_AVERAGE_UPDATE]: movingAverageUpdate,
  [CLIP_UPDATE]: clipUpdate,
};

/** In the place of tfjs's own. */
const REPLACEMENTS: Record<string, Replacement> = {
  [tf.Conv2DBackpropInput]: conv2dInputGradient,
  [tf.Conv2DBackpropFilter]: conv2dFilterGradient,
};

/** Gives tfjs's running WebGPU backend ganlet's programs; returns what takes them away again. */
export function installWebGpuKernels(backend: tf.KernelBackend): () => void {
  const undo = [keepConstants(backend as WebGpuBackend)];
  const register = (kernelName: string, kernel: GpuKernel) =>
    tf.registerKernel({
      kernelName,
      backendName: WEBGPU,
      kernelFunc: ({ inputs, attrs, backend }) =>
        kernel(inputs as Inputs, attrs ?? {}, backend as WebGpuBackend),
    });
  for (const [name, kernel] of Object.entries(KERNELS)) {
    if (tf.getKernel(name, WEBGPU)) continue; // of a device that was lost
    register(name, kernel);
    undo.push(() => tf.unregisterKernel(name, WEBGPU));
  }
  for (const [name, replace] of Object.entries(REPLACEMENTS)) {
    const config = tf.getKernel(name, WEBGPU);
    tf.unregisterKernel(name, WEBGPU);
    register(
      name,
      replace((inputs, attrs, backend) =>
        config.kernelFunc({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as tf.TensorInfo
      ),
    );
    undo.push(() => {
      tf.unregisterKernel(name, WEBGPU);
      tf.registerKernel(config);
    });
  }
  return () => undo.forEach((each) => each());
}
