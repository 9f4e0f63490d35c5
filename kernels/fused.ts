/** The WASM kernels of the fused operations in ops/, by name. */
import {
  biasLeakyRelu,
  biasLeakyReluGradient,
  biasTanh,
  biasTanhGradient,
  timesLeakyReluSlope,
} from "./activations.ts";
import type { FusedKernel } from "./backend.ts";
import { batchNormLeakyRelu, batchNormLeakyReluGradient } from "./batch_norm.ts";
import { BATCH_NORM_LEAKY_RELU, BATCH_NORM_LEAKY_RELU_GRAD } from "./ops/batch_norm_leaky_relu.ts";
import { BIAS_LEAKY_RELU, BIAS_LEAKY_RELU_GRAD } from "./ops/bias_leaky_relu.ts";
import { BIAS_TANH, BIAS_TANH_GRAD } from "./ops/bias_tanh.ts";
import { TIMES_LEAKY_RELU_SLOPE } from "./ops/leaky_relu_slope.ts";
import { ADAM_UPDATE, CLIP_UPDATE, MOVING_AVERAGE_UPDATE, RMS_PROP_UPDATE } from "./ops/updates.ts";
import { adamUpdate, clipUpdate, movingAverageUpdate, rmsPropUpdate } from "./updates.ts";

export const FUSED: Readonly<Record<string, FusedKernel>> = {
  [BATCH_NORM_LEAKY_RELU]: batchNormLeakyRelu,
  [BATCH_NORM_LEAKY_RELU_GRAD]: batchNormLeakyReluGradient,
  [BIAS_LEAKY_RELU]: biasLeakyRelu,
  [BIAS_LEAKY_RELU_GRAD]: biasLeakyReluGradient,
  [TIMES_LEAKY_RELU_SLOPE]: timesLeakyReluSlope,
  [BIAS_TANH]: biasTanh,
  [BIAS_TANH_GRAD]: biasTanhGradient,
  [ADAM_UPDATE]: adamUpdate,
  [RMS_PROP_UPDATE]: rmsPropUpdate,
  [MOVING_AVERAGE_UPDATE]: movingAverageUpdate,
  [CLIP_UPDATE]: clipUpdate,
};
