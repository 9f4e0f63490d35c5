import * as tf from "@tensorflow/tfjs-core";
import { judgeBoth, type Objective, type Recipe } from "./objective.ts";
import { penalised } from "./real_gradient_penalty.ts";

const rmsProp = { name: "rmsprop", learningRate: 1e-4 } as const; // the article
const article: Recipe = {
  steps: 10_000,
  criticSteps: 1,
  criticOptimizer: rmsProp,
  generatorOptimizer: rmsProp,
  criticNormalisation: "batch",
  initialisation: "glorot",
};
const adam = { name: "adam", learningRate: 1e-3, beta1: 0.5, beta2: 0.999 } as const; // as DCGAN, to compare like with like
const points: Recipe = {
  ...article,
  steps: 4000,
  criticOptimizer: adam,
  generatorOptimizer: adam,
  criticNormalisation: "none",
};

/**
 * Least squares GAN (arXiv:1611.04076, eq. 9: a = 0, b = c = 1), D(x) being a number without sigmoid:
 *
 *   L_D = ½ [E (D(x) − 1)² + E D(G(z))²],  L_G = E (D(G(z)) − 1)²
 *
 * The paper halves L_G too; the article does not, and neither does this: under Adam and RMSProp a constant factor of a loss
 * changes nothing.
 *
 * Where a recipe has γ, `r1`, L_D has γ/2 E ‖∇ D(x)‖² beside, as DCGAN's.
 */
export const lsgan: Objective = {
  name: "lsgan",
  title: "LSGAN",
  paper: { title: "Least Squares Generative Adversarial Networks", arxiv: "1611.04076" },
  critic: "score",
  points,
  recipes: {
    default: {
      ...article,
      criticOptimizer: adam,
      generatorOptimizer: adam,
      criticNormalisation: "batch-after-first", // as DCGAN
      criticHidden: 256,
      r1: 40, // DCGAN's, since a score of 1/4 means here what a logit of 1 means there; with 10, faces came less far
      initialisation: "gaussian",
    },
    article,
  },
  criticLoss(D, x, Gz, _random, { r1 } = {}) {
    const [real, fake] = judgeBoth(D, x, Gz).map(({ score }) => score);
    const errors = tf.add(tf.mean(tf.squaredDifference(real, 1)), tf.mean(tf.square(fake)));
    return penalised(tf.mul(0.5, errors) as tf.Scalar, D, x, r1);
  },
  generatorLoss: (D, Gz) => tf.mean(tf.squaredDifference(D(Gz).score, 1)),
};
