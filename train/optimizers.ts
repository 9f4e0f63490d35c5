import * as tf from "@tensorflow/tfjs-core";

export interface AdamSettings {
  readonly name: "adam";
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
}
export type OptimizerSettings = AdamSettings;

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
  return `Adam ${settings.learningRate}, beta ${settings.beta1} and ${settings.beta2}`;
}

export function createOptimizer(
  settings: OptimizerSettings,
  weights: readonly tf.Variable[],
): Optimizer {
  return adam(settings, weights);
}

/**
 * Adam (Kingma and Ba, arXiv:1412.6980, Algorithm 1), in the efficient order at the end of its section 2.
 *
 * tf.train.adam is not used: it restores its powers of beta by another arithmetic than it builds them up with, so a
 * resumed run would differ from one that never stopped. Here they are functions of the step alone.
 */
function adam(
  { learningRate, beta1, beta2 }: AdamSettings,
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
      const rate = learningRate * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t);
      tf.tidy(() =>
        weights.forEach((w, i) => {
          const g = gradients[i];
          m[i]?.assign(tf.add(tf.mul(m[i], beta1), tf.mul(g, 1 - beta1)));
          v[i].assign(tf.add(tf.mul(v[i], beta2), tf.mul(tf.square(g), 1 - beta2)));
          w.assign(tf.sub(w, tf.div(tf.mul(m[i] ?? g, rate), tf.add(tf.sqrt(v[i]), epsilon))));
        })
      );
    },
    dispose: () => tf.dispose([...m, ...v]),
  };
}
