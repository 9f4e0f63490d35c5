import * as tf from "@tensorflow/tfjs-core";
import {
  type Critic,
  type Images,
  judgeBoth,
  type Judgement,
  type Objective,
  type Recipe,
} from "./objective.ts";

/**
 * m, in the units of E: pixels in [-1, 1], so that white for black is an error of 4.
 *
 * Found by measurement: pre-training ends at E(x) = 0.021 on MNIST (32x32x1, width 0.5); 400 steps of the game with m = 0.05,
 * 0.1, 0.25, 0.5 and 1 then gave Fréchet distances to the validation images of 626, 407, 372, 449 and 626 (10,000 samples,
 * seed 1). So m is about twelve times the energy that real images end at: less and fakes are left alone while they can still
 * be told apart, more and the auto-encoder unlearns real images to reach it.
 */
const margin = 0.25;
const pullingAway = 0.1; // weight of the pulling-away term (section 2.4)

/**
 * Pulling-away term on a batch of codes S, EBGAN (arXiv:1609.03126, eq. 4):
 *
 *   1 / (N (N − 1)) Σᵢ Σⱼ≠ᵢ (Sᵢᵀ Sⱼ / ‖Sᵢ‖ ‖Sⱼ‖)²
 *
 * `code` is [batch, codeSize]; the result is a scalar in [0, 1], 0 for codes that are orthogonal. Popular ports drop the
 * square, and then reward codes that point in opposite directions.
 */
export function pullingAwayTerm(code: tf.Tensor2D): tf.Scalar {
  const n = code.shape[0];
  const length = tf.sqrt(tf.add(tf.sum(tf.square(code), 1, true), 1e-12)); // no code is quite 0
  const direction = tf.div(code, length) as tf.Tensor2D;
  const cosine = tf.matMul(direction, direction, false, true);
  return tf.div(tf.sub(tf.sum(tf.square(cosine)), n), n * (n - 1)) as tf.Scalar;
}

const energy = (judgement: Judgement): tf.Scalar => tf.mean(judgement.score);

const adam = { name: "adam", learningRate: 1e-3, beta1: 0.5, beta2: 0.999 } as const; // section 4, appendix
const standard: Recipe = {
  steps: 5000,
  criticSteps: 1,
  criticOptimizer: adam,
  generatorOptimizer: adam,
  criticNormalisation: "batch",
  initialisation: "gaussian",
  pretrainSteps: 500,
};
const points: Recipe = {
  ...standard,
  steps: 3000,
  generatorOptimizer: { ...adam, learningRate: 2e-4 },
  criticNormalisation: "none",
  pretrainSteps: 300,
  pullingAway: 0, // it weighs as much as the margin here, and had samples gather in fewer modes (docs/modes.md)
  margin: 0.1, // the energy of a point whose copy is 0.45 away: far beyond a mode, and less than from one mode to the next
};

/**
 * Energy-based GAN (arXiv:1609.03126, eq. 1 and 2). D is an auto-encoder, E(x) the mean squared error of its reconstruction:
 *
 *   L_D = E(x) + max(0, m − E(G(z))),  L_G = E(G(z)) + 0.1 · pulling-away term of G(z)'s codes
 *
 * The auto-encoder is trained on real images alone before the game, as the article describes; the paper starts at once.
 */
export const ebgan: Objective = {
  name: "ebgan",
  title: "EBGAN",
  paper: { title: "Energy-based Generative Adversarial Network", arxiv: "1609.03126" },
  critic: "autoencoder",
  points,
  recipes: {
    default: { ...standard, criticNormalisation: "batch-after-first" }, // as DCGAN
    article: { ...standard, initialisation: "glorot" },
  },
  pretrainLoss: (D: Critic, x: Images) => energy(D(x)),
  criticLoss(D, x, Gz, _random, { margin: m = margin } = {}) {
    const [real, fake] = judgeBoth(D, x, Gz);
    return { loss: tf.add(energy(real), tf.mean(tf.relu(tf.sub(m, fake.score)))) as tf.Scalar };
  },
  generatorLoss(D, Gz, { pullingAway: weight = pullingAway } = {}) {
    const judgement = D(Gz);
    if (weight === 0) return energy(judgement);
    return tf.add(
      energy(judgement),
      tf.mul(weight, pullingAwayTerm(judgement.code!)),
    ) as tf.Scalar;
  },
};
