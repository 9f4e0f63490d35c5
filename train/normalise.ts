import * as tf from "@tensorflow/tfjs-core";

/** Batch norm's epsilon: under the root, in training and in the saved model alike. */
export const EPSILON = 1e-5;

/** Per-channel mean and biased variance. */
export interface Moments {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch norm by given moments, as at inference (arXiv:1502.03167, section 3.1). Training has the batch's own:
 * `batchNormLeakyRelu` of `kernels/`.
 *
 *   y = γ (x − μ) / √(σ² + ε) + β
 */
export function batchNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  { mean, variance }: Moments,
): tf.Tensor4D {
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(tf.sub(x, mean), scale), beta);
}

/**
 * Layer norm (arXiv:1607.06450) of each image over height, width and channels, with a gain and a bias per channel.
 * An image's result depends on that image alone, which a gradient penalty per image needs.
 */
export function layerNorm(x: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor): tf.Tensor4D {
  const axes = [1, 2, 3];
  const centred = tf.sub(x, tf.mean(x, axes, true));
  const variance = tf.mean(tf.square(centred), axes, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
  return tf.add(tf.mul(normal, gamma), beta);
}
