import * as tf from "@tensorflow/tfjs-core";

/** Batch norm's epsilon: under the root, in training and in the saved model alike. */
export const EPSILON = 1e-5;

/** Per-channel mean and variance. */
export interface Moments {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch norm (arXiv:1502.03167, Algorithm 1) over every axis but the last:
 *
 *   y = γ (x − μ) / √(σ² + ε) + β
 *
 * With `fixed` these moments are used (inference), otherwise the batch's own, biased variance. Written in core ops, so
 * that it differentiates twice. Returns the moments that were used.
 */
export function batchNorm(
  x: tf.Tensor4D,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  fixed?: Moments,
): { y: tf.Tensor4D; moments: Moments } {
  if (fixed) {
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(fixed.variance, EPSILON)));
    const y = tf.add(tf.mul(tf.sub(x, fixed.mean), scale), beta) as tf.Tensor4D;
    return { y, moments: fixed };
  }
  const mean = tf.mean(x, [0, 1, 2]) as tf.Tensor1D;
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), [0, 1, 2]) as tf.Tensor1D;
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, EPSILON)));
  return { y: tf.add(tf.mul(centred, scale), beta), moments: { mean, variance } };
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
