import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, isDifferentiatedAgain, runKernel } from "./kernel.ts";

/**
 * Inputs `x` [..., c], `gamma` [c], `beta` [c]; attributes `epsilon`, `alpha`.
 * Outputs y [..., c], mean [c], variance [c].
 */
export const BATCH_NORM_LEAKY_RELU = "BatchNormLeakyRelu";

/**
 * Inputs `dy` and `x` [..., c], `gamma`, `beta`, `mean`, `variance` [c]; attributes as forward.
 * Outputs dx [..., c], dgamma [c], dbeta [c]. With N values a channel and z = γ x̂ + β:
 *
 *   dz = dy where z > 0, α dy elsewhere,  x̂ = (x − μ) / √(σ² + ε),  dβ = Σ dz,  dγ = Σ dz x̂
 *   dx = γ / √(σ² + ε) · (dz − dβ / N − x̂ dγ / N)
 */
export const BATCH_NORM_LEAKY_RELU_GRAD = "BatchNormLeakyReluGrad";

export interface BatchNormSettings {
  /** Under the root. */
  readonly epsilon: number;
  /** Leaky ReLU's slope below 0. */
  readonly alpha: number;
}

export interface BatchNormResult {
  readonly y: tf.Tensor4D;
  /** Of each channel of x over all other axes; constants to a gradient. */
  readonly mean: tf.Tensor1D;
  /** Biased. */
  readonly variance: tf.Tensor1D;
}

/**
 * Batch norm (arXiv:1502.03167, Algorithm 1) by the batch's own moments, and leaky ReLU:
 *
 *   y = max(z, α z),  z = γ (x − μ) / √(σ² + ε) + β
 *
 * `x` is [batch, height, width, channels], the moments are taken over all axes but the last.
 * Differentiable as often as one likes: where its gradient is differentiated again, that gradient is
 * the one of the core operations.
 */
export function batchNormLeakyRelu(
  x: tf.Tensor4D,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  settings: BatchNormSettings,
): BatchNormResult {
  if (!hasKernel(BATCH_NORM_LEAKY_RELU)) return composite(x, gamma, beta, settings);
  const [y, mean, variance] = runKernel(BATCH_NORM_LEAKY_RELU, { x, gamma, beta }, { ...settings });
  return { y: y as tf.Tensor4D, mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D };
}

function composite(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  { epsilon, alpha }: BatchNormSettings,
): BatchNormResult {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const mean = tf.mean(x, axes) as tf.Tensor1D;
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), axes) as tf.Tensor1D;
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon)));
  const y = tf.leakyRelu(tf.add(tf.mul(centred, scale), beta) as tf.Tensor4D, alpha);
  return { y, mean, variance };
}

export const batchNormLeakyReluGradient: tf.GradConfig = {
  kernelName: BATCH_NORM_LEAKY_RELU,
  inputsToSave: ["x", "gamma", "beta"],
  outputsToSave: [false, true, true],
  gradFunc: (dys, [x, gamma, beta, mean, variance], attrs) => {
    const dy = (dys as tf.Tensor[])[0];
    const settings = attrs as unknown as BatchNormSettings;
    const [dx, dgamma, dbeta] = isDifferentiatedAgain()
      ? tf.grads((x, gamma, beta) => composite(x, gamma, beta, settings).y)([x, gamma, beta], dy)
      : runKernel(
        BATCH_NORM_LEAKY_RELU_GRAD,
        { dy, x, gamma, beta, mean, variance },
        { ...settings },
      );
    return { x: () => dx, gamma: () => dgamma, beta: () => dbeta };
  },
};
