import * as tf from "@tensorflow/tfjs-core";
import { updateByAdam, updateByRmsProp } from "../kernels/mod.ts";

export interface AdamSettings {
  readonly name: "adam";
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Steps after which the learning rate η has become η/2; after as many again it is η/3, and so on. Undefined: it stays. */
  readonly halvedAfter?: number;
}
export interface RmsPropSettings {
  readonly name: "rmsprop";
  readonly learningRate: number;
}
export type OptimizerSettings = AdamSettings | RmsPropSettings;

/** Gradient descent for one player. Its slots (moments) belong into a checkpoint, its step count too. */
export interface Optimizer {
  readonly slots: readonly tf.Variable[];
  /** Steps taken; writable, so that a resumed run goes on from its checkpoint. */
  step: number;
  /** One update of every weight from the gradients, which are left alone. */
  apply(gradients: readonly tf.Tensor[]): void;
  dispose(): void;
}

/** As the card shows it: "Adam 1e-4, beta 0 and 0.9". */
export function describeOptimizer(settings: OptimizerSettings): string {
  return settings.name === "adam"
    ? `Adam ${settings.learningRate}, beta ${settings.beta1} and ${settings.beta2}` +
      (settings.halvedAfter ? `, halved after ${settings.halvedAfter}` : "")
    : `RMSProp ${settings.learningRate}`;
}

export function createOptimizer(
  settings: OptimizerSettings,
  weights: readonly tf.Variable[],
): Optimizer {
  return settings.name === "adam" ? adam(settings, weights) : rmsProp(settings, weights);
}

/**
 * Adam (Kingma and Ba, arXiv:1412.6980, Algorithm 1), in the efficient order at the end of its section 2.
 *
 * tf.train.adam is not used: it restores its powers of beta by another arithmetic than it builds them up with, so a
 * resumed run would differ from one that never stopped. Here they are functions of the step alone.
 */
function adam(
  { learningRate, beta1, beta2, halvedAfter = Infinity }: AdamSettings,
  weights: readonly tf.Variable[],
): Optimizer {
  const epsilon = 1e-8;
  const zeros = () => weights.map((w) => tf.tidy(() => tf.variable(tf.zerosLike(w), false)));
  const m = beta1 === 0 ? [] : zeros(); // with beta1 = 0 the first moment is the gradient itself
  const v = zeros();
  return {
    slots: [...m, ...v],
    step: 0,
    apply(gradients) {
      const t = ++this.step;
      const rates = { learningRate, halvedAfter, beta1, beta2 };
      updateByAdam(weights, gradients, { m, v }, { ...rates, epsilon, t });
    },
    dispose: () => tf.dispose([...m, ...v]),
  };
}

/**
 * RMSProp (Tieleman and Hinton, 2012) as TensorFlow 1 has it, which the article uses:
 *
 *   s ← 0.9 s + 0.1 g²,  w ← w − η g / √(s + 1e-10)
 *
 * s starts at 1, not at 0 as in tf.train.rmsprop: the first steps are small instead of η / √0.1 for every weight.
 */
function rmsProp(
  { learningRate }: RmsPropSettings,
  weights: readonly tf.Variable[],
): Optimizer {
  const [decay, epsilon] = [0.9, 1e-10];
  const s = weights.map((w) => tf.tidy(() => tf.variable(tf.onesLike(w), false)));
  return {
    slots: s,
    step: 0,
    apply(gradients) {
      this.step++;
      updateByRmsProp(weights, gradients, s, { rate: learningRate, decay, epsilon });
    },
    dispose: () => tf.dispose(s),
  };
}
