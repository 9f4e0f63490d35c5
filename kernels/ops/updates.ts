/**
 * Updates of variables, one call for all tensors of a network. A backend that has the kernel writes
 * into the variables' memory; a variable that shares it, with a clone for instance, gets its own first.
 *
 * The kernels' inputs are the lists named below, one after the other, under the keys 0, 1, 2, …, each
 * list `count` long; they have no outputs.
 */
import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.ts";

type Variables = readonly tf.Variable[];
type Tensors = readonly tf.Tensor[];

/** Lists: weights, gradients, v, and where beta1 > 0 m. Attributes `count` and those of `AdamStep`. */
export const ADAM_UPDATE = "AdamUpdate";

/** Lists: weights, gradients, s. Attributes `count` and those of `RmsPropStep`. */
export const RMS_PROP_UPDATE = "RmsPropUpdate";

/** Lists: averages, weights. Attributes `count` and those of `AverageStep`. */
export const MOVING_AVERAGE_UPDATE = "MovingAverageUpdate";

/** List: weights. Attributes `count`, `bound`. */
export const CLIP_UPDATE = "ClipUpdate";

export interface AdamStep {
  readonly learningRate: number;
  /** Steps after which the learning rate is half of what it was at first; Infinity: it stays. */
  readonly halvedAfter: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The number of this step, from 1. A GPU counts along, so that nothing is sent to it. */
  readonly t: number;
}

/** The step's learning rate η / (1 + (t − 1) / h) with both corrections of bias in it: times √(1 − β₂ᵗ) / (1 − β₁ᵗ). */
export function adamRate({ learningRate, halvedAfter, beta1, beta2, t }: AdamStep): number {
  const slowed = learningRate / (1 + (t - 1) / halvedAfter);
  return slowed * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t);
}

/**
 * Adam (arXiv:1412.6980, Algorithm 1, in the order at the end of its section 2), for each weight w
 * with its gradient g:
 *
 *   m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  w ← w − rate · m / (√v + ε)
 *
 * `m` is empty where β₁ = 0: the first moment is the gradient itself.
 */
export function updateByAdam(
  weights: Variables,
  gradients: Tensors,
  { m, v }: { m: Variables; v: Variables },
  step: AdamStep,
): void {
  if (update(ADAM_UPDATE, [weights, v, m], [weights, gradients, v, m], { ...step })) return;
  const { beta1, beta2, epsilon } = step;
  const rate = adamRate(step);
  tf.tidy(() =>
    weights.forEach((w, i) => {
      const g = gradients[i];
      m[i]?.assign(tf.add(tf.mul(m[i], beta1), tf.mul(g, 1 - beta1)));
      v[i].assign(tf.add(tf.mul(v[i], beta2), tf.mul(tf.square(g), 1 - beta2)));
      w.assign(tf.sub(w, tf.div(tf.mul(m[i] ?? g, rate), tf.add(tf.sqrt(v[i]), epsilon))));
    })
  );
}

export interface RmsPropStep {
  readonly rate: number;
  readonly decay: number;
  readonly epsilon: number;
}

/**
 * RMSProp (Tieleman and Hinton, 2012) with ε under the root, as TensorFlow 1 has it:
 *
 *   s ← decay · s + (1 − decay) g²,  w ← w − rate · g / √(s + ε)
 */
export function updateByRmsProp(
  weights: Variables,
  gradients: Tensors,
  s: Variables,
  step: RmsPropStep,
): void {
  if (update(RMS_PROP_UPDATE, [weights, s], [weights, gradients, s], { ...step })) return;
  const { rate, decay, epsilon } = step;
  tf.tidy(() =>
    weights.forEach((w, i) => {
      const g = gradients[i];
      s[i].assign(tf.add(tf.mul(s[i], decay), tf.mul(tf.square(g), 1 - decay)));
      w.assign(tf.sub(w, tf.mul(rate, tf.div(g, tf.sqrt(tf.add(s[i], epsilon))))));
    })
  );
}

export interface AverageStep {
  /** The decay that later steps have. */
  readonly most: number;
  /** The number of this step, from 1. */
  readonly t: number;
}

/** Less at the start, so that the first weights do not linger: min(most, (1 + t) / (10 + t)). */
export function averageDecay({ most, t }: AverageStep): number {
  return Math.min(most, (1 + t) / (10 + t));
}

/** a ← decay · a + (1 − decay) w, for each average a of a weight w. */
export function updateAverages(averages: Variables, weights: Tensors, step: AverageStep): void {
  if (update(MOVING_AVERAGE_UPDATE, [averages], [averages, weights], { ...step })) return;
  const decay = averageDecay(step);
  tf.tidy(() =>
    averages.forEach((a, i) => a.assign(tf.add(tf.mul(a, decay), tf.mul(weights[i], 1 - decay))))
  );
}

/** w ← the nearest number to w in [−bound, bound]. */
export function clip(weights: Variables, bound: number): void {
  if (update(CLIP_UPDATE, [weights], [weights], { bound })) return;
  tf.tidy(() => weights.forEach((w) => w.assign(tf.clipByValue(w, -bound, bound))));
}

/** Runs the kernel, which writes to the variables `written`, if the backend has it; returns whether. */
function update(
  name: string,
  written: readonly Variables[],
  lists: readonly Tensors[],
  attrs: Record<string, number>,
): boolean {
  if (!hasKernel(name)) return false;
  written.flat().forEach(ownMemory);
  runKernel(name, Object.fromEntries(lists.flat().entries()), { count: lists[0].length, ...attrs });
  return true;
}

function ownMemory(variable: tf.Variable): void {
  if (tf.backend().refCount(variable.dataId) === 1) return;
  tf.tidy(() => variable.assign(tf.add(variable, 0)));
}
