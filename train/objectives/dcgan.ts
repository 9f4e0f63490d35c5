import * as tf from "@tensorflow/tfjs-core";
import { judgeBoth, type Objective, type Recipe } from "./objective.ts";
import { penalised } from "./real_gradient_penalty.ts";

/** −log σ(logit): the cross-entropy of a critic that should say "real". −log(1 − σ(logit)) is that of −logit. */
const saysReal = (logit: tf.Tensor) => tf.softplus(tf.neg(logit));

const adam = { name: "adam", learningRate: 2e-4, beta1: 0.5, beta2: 0.999 } as const; // DCGAN, section 4
const paper: Recipe = {
  steps: 10_000,
  criticSteps: 1,
  criticOptimizer: adam,
  generatorOptimizer: adam,
  criticNormalisation: "batch",
  initialisation: "gaussian",
};

const faster = { ...adam, learningRate: 1e-3 }; // a CPU's run is short (on MNIST at width 0.25, 1,600 steps: 284, with 2e-4 553)
const standard: Recipe = {
  ...paper,
  criticOptimizer: faster,
  generatorOptimizer: faster,
  criticNormalisation: "batch-after-first", // with "batch", faces were drawn well and all in one grey
  r1: 10, // without it the critic of colour images soon wins, and the generator draws a few of their kinds
  criticHidden: 256, // without it, samples are well drawn in each part, and often no digit as a whole
};
const points: Recipe = {
  ...paper,
  steps: 4000,
  criticOptimizer: faster,
  generatorOptimizer: faster,
  criticNormalisation: "none",
};

/**
 * The original game (arXiv:1406.2661, eq. 1) with DCGAN's networks and settings (arXiv:1511.06434), D(x) being a logit:
 *
 *   L_D = −E log σ(D(x)) − E log(1 − σ(D(G(z)))),  L_G = −E log σ(D(G(z)))
 *
 * L_G is the non-saturating loss of section 3: same fixed point, but a gradient where the critic is sure of itself.
 * The article gives no optimizer for DCGAN, so its recipe has the paper's.
 *
 * Where a recipe has γ, `r1`, L_D has γ/2 E ‖∇ D(x)‖² beside (arXiv:1801.04406), which neither the paper nor the article has.
 */
export const dcgan: Objective = {
  name: "dcgan",
  title: "DCGAN",
  paper: {
    title:
      "Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks",
    arxiv: "1511.06434",
  },
  critic: "score",
  points,
  recipes: { default: standard, article: { ...paper, initialisation: "glorot" } },
  criticLoss(D, x, Gz, _random, { r1 } = {}) {
    const [real, fake] = judgeBoth(D, x, Gz).map(({ score }) => score);
    const loss = tf.add(tf.mean(saysReal(real)), tf.mean(saysReal(tf.neg(fake)))) as tf.Scalar;
    return penalised(loss, D, x, r1);
  },
  generatorLoss: (D, Gz) => tf.mean(saysReal(D(Gz).score)),
};
