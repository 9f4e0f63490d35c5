/** The kernels that make tfjs's WASM backend able to train, and fast at it. */
import * as tf from "@tensorflow/tfjs-core";
import { leakyRelu, tanh } from "./activations.ts";
import { addKernel, replaceKernel } from "./backend.ts";
import { conv2D, conv2DFilterGradient, conv2DInputGradient } from "./conv2d.ts";
import { FUSED } from "./fused.ts";
import { batchMatMul } from "./mat_mul.ts";
import { mean, sum } from "./reduce.ts";
import { cast, identity } from "./share.ts";
import { transpose } from "./transpose.ts";

/**
 * Replaces kernels of the WASM backend by ganlet's and adds those of the fused operations; returns
 * what puts the stock ones back. Call it before the backend starts, because the stock kernels that
 * ganlet falls back on are set up then.
 */
export function installTrainingKernels(): () => void {
  const restores = [
    replaceKernel(tf.Conv2D, conv2D),
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
    ...Object.entries(FUSED).map(([name, kernel]) => addKernel(name, kernel)),
  ];
  return () => restores.forEach((restore) => restore());
}
