import * as tf from "@tensorflow/tfjs-core";
import { clip } from "../../kernels/mod.ts";
import type { OptimizerSettings } from "../optimizers.ts";
import { judgeBoth, type Objective, type Recipe } from "./objective.ts";

// Momentum, and so Adam, destabilises a clipped critic (section 4).
const rmsProp = { name: "rmsprop", learningRate: 5e-5 } as const;
const article: Recipe = {
  steps: 5000,
  criticSteps: 5,
  criticOptimizer: rmsProp,
  generatorOptimizer: rmsProp,
  criticNormalisation: "batch",
  initialisation: "glorot",
  clip: 0.1,
};

// A CPU's run is short: on MNIST, 300 steps made strokes of digits at 5e-4, clouds at 2e-4; the paper's 5e-5 was noise at 200.
const faster: OptimizerSettings = { ...rmsProp, learningRate: 5e-4 };
const standard: Recipe = {
  ...article,
  criticOptimizer: faster,
  generatorOptimizer: faster,
  criticNormalisation: "batch-after-first", // as DCGAN
  criticHidden: 256,
  initialisation: "gaussian",
  clip: 0.01, // Algorithm 1
};
const points: Recipe = {
  ...article,
  steps: 1500,
  criticOptimizer: faster,
  generatorOptimizer: faster,
  criticNormalisation: "none",
};

/**
 * Wasserstein GAN with weight clipping (arXiv:1701.07875, Algorithm 1):
 *
 *   L_D = E D(G(z)) − E D(x),  L_G = −E D(G(z)),  every weight of D in [−c, c] after each critic step
 *
 * c = 0.01 in the paper and the default recipe, 0.1 in the article, which clips batch norm's gains and biases too, as this
 * does. The article writes both losses with the opposite sign of D, which is the same game.
 */
export const wgan: Objective = {
  name: "wgan",
  title: "WGAN",
  paper: { title: "Wasserstein GAN", arxiv: "1701.07875" },
  critic: "score",
  points,
  recipes: { default: standard, article },
  criticLoss(D, x, Gz) {
    const [real, fake] = judgeBoth(D, x, Gz);
    return { loss: tf.sub(tf.mean(fake.score), tf.mean(real.score)) as tf.Scalar };
  },
  generatorLoss: (D, Gz) => tf.neg(tf.mean(D(Gz).score)),
  afterCriticStep: (weights, recipe) => clip(weights, recipe.clip!),
};
