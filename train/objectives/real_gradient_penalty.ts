import * as tf from "@tensorflow/tfjs-core";
import type { Critic, CriticLoss, Images } from "./objective.ts";

/**
 * The penalty R1 of Mescheder, Geiger and Nowozin (arXiv:1801.04406, eq. 9), without its weight γ:
 *
 *   ½ E ‖∇ D(x)‖₂²
 *
 * `x` is [batch, height, width, channels], the norm runs over the whole image, the result is a scalar. It keeps a critic from
 * winning: where real images are, its score may not be steep. D must be twice differentiable in tfjs, as for WGAN-GP.
 *
 * Two departures. The mean is over the batch's first quarter: noisier, not biased, at a quarter of the price. And where the
 * critic has a batch norm of "batch" or "batch-after-first", an image's gradient is that of the quarter's scores together:
 * the paper's critics have no norm.
 */
export function realGradientPenalty(D: Critic, x: Images): tf.Scalar {
  const some = tf.slice(x, 0, Math.ceil(x.shape[0] / 4)) as Images;
  const gradient = tf.grad((x) => tf.sum(D(x as Images).score))(some);
  return tf.mul(0.5, tf.mean(tf.sum(tf.square(gradient), [1, 2, 3]))) as tf.Scalar;
}

/** A critic's loss, with γ times the penalty where there is a γ. */
export function penalised(loss: tf.Scalar, D: Critic, x: Images, gamma = 0): CriticLoss {
  if (gamma === 0) return { loss };
  const penalty = tf.mul(gamma, realGradientPenalty(D, x)) as tf.Scalar;
  return { loss: tf.add(loss, penalty) as tf.Scalar, penalty };
}
