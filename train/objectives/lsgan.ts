import * as tf from "@tensorflow/tfjs-core";
import { judgeBoth, type Labels, type Objective, type Recipe } from "./objective.ts";
import { penalised } from "./real_gradient_penalty.ts";

const ZERO_ONE: Labels = [0, 1]; // the article
const rmsProp = { name: "rmsprop", learningRate: 1e-4 } as const; // the article
const article: Recipe = {
  steps: 10_000,
  criticSteps: 1,
  criticOptimizer: rmsProp,
  generatorOptimizer: rmsProp,
  criticNormalisation: "batch",
  labels: ZERO_ONE,
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
 * Least squares GAN (arXiv:1611.04076, eq. 2, c = b), D(x) being a number without sigmoid, a and b the recipe's labels:
 *
 *   L_D = ½ [E (D(x) − b)² + E (D(G(z)) − a)²],  L_G = E (D(G(z)) − b)²
 *
 * The article has 0 and 1, as the paper's eq. 9. Other labels are the same game with other units of D, but not for Adam, whose
 * steps have a size of their own: from −2 to 2 a critic takes four times as many as from 0 to 1. Where real and generated
 * images are hard to tell, D is then DCGAN's logit: ½ (D − 2)² is 4 times −log σ(D), up to a constant and D⁴.
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
      labels: [-2, 2],
      r1: 40, // 4 times DCGAN's, as is the loss; of faces with labels of 0 and 1, 10 came less far
      initialisation: "gaussian",
    },
    article,
  },
  criticLoss(D, x, Gz, _random, { r1, labels: [a, b] = ZERO_ONE } = {}) {
    const [real, fake] = judgeBoth(D, x, Gz).map(({ score }) => score);
    const errors = tf.add(
      tf.mean(tf.squaredDifference(real, b)),
      tf.mean(tf.squaredDifference(fake, a)),
    );
    return penalised(tf.mul(0.5, errors) as tf.Scalar, D, x, r1);
  },
  generatorLoss: (D, Gz, { labels: [, b] = ZERO_ONE } = {}) =>
    tf.mean(tf.squaredDifference(D(Gz).score, b)),
};
