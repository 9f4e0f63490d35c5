/** The kernels that make tfjs's WASM backend able to train, and fast at it. */
import * as tf from "@tensorflow/tfjs-core";
import {
  biasLeakyRelu,
  biasLeakyReluGradient,
  biasTanh,
  biasTanhGradient,
  leakyRelu,
  tanh,
  timesLeakyReluSlope,
} from "./activations.ts";
import { addKernel, replaceKernel } from "./backend.ts";
import { batchNormLeakyRelu, batchNormLeakyReluGradient } from "./batch_norm.ts";
import { conv2DFilterGradient } from "./conv2d_filter.ts";
import { conv2DInputGradient } from "./conv2d_input.ts";
import { batchMatMul } from "./mat_mul.ts";
import { BATCH_NORM_LEAKY_RELU, BATCH_NORM_LEAKY_RELU_GRAD } from "./ops/batch_norm_leaky_relu.ts";
import { BIAS_LEAKY_RELU, BIAS_LEAKY_RELU_GRAD } from "./ops/bias_leaky_relu.ts";
import { BIAS_TANH, BIAS_TANH_GRAD } from "./ops/bias_tanh.ts";
import { TIMES_LEAKY_RELU_SLOPE } from "./ops/leaky_relu_slope.ts";
import { ADAM_UPDATE, CLIP_UPDATE, MOVING_AVERAGE_UPDATE, RMS_PROP_UPDATE } from "./ops/updates.ts";
import { mean, sum } from "./reduce.ts";
import { cast, identity } from "./share.ts";
import { transpose } from "./transpose.ts";
import { adamUpdate, clipUpdate, movingAverageUpdate, rmsPropUpdate } from "./updates.ts";

/**
 * Replaces kernels of the WASM backend by ganlet's, and adds those of the fused operations; returns what puts the stock ones back. Call it
 * before the backend starts, because the stock kernels that ganlet falls back on are set up then.
 */
export function installTrainingKernels(): () => void {
  const restores = [
    replaceKernel(tf.Conv2DBackpropInput, () => conv2DInputGradient),
    replaceKernel(tf.Conv2DBackpropFilter, () => conv2DFilterGradient),
    replaceKernel(tf.BatchMatMul, batchMatMul),
    replaceKernel(tf.Transpose, transpose),
    replaceKernel(tf.Sum, sum),
    replaceKernel(tf.Mean, mean),
    replaceKernel(tf.LeakyRelu, leakyRelu),
    replaceKernel(tf.Tanh, tanh),
    replaceKernel(tf.Identity, identity),
    replaceKernel(tf.Cast, cast),
    addKernel(BATCH_NORM_LEAKY_RELU, batchNormLeakyRelu),
    addKernel(BATCH_NORM_LEAKY_RELU_GRAD, batchNormLeakyReluGradient),
    addKernel(BIAS_LEAKY_RELU, biasLeakyRelu),
    addKernel(BIAS_LEAKY_RELU_GRAD, biasLeakyReluGradient),
    addKernel(TIMES_LEAKY_RELU_SLOPE, timesLeakyReluSlope),
    addKernel(BIAS_TANH, biasTanh),
    addKernel(BIAS_TANH_GRAD, biasTanhGradient),
    addKernel(ADAM_UPDATE, adamUpdate),
    addKernel(RMS_PROP_UPDATE, rmsPropUpdate),
    addKernel(MOVING_AVERAGE_UPDATE, movingAverageUpdate),
    addKernel(CLIP_UPDATE, clipUpdate),
  ];
  return () => restores.forEach((restore) => restore());
}
