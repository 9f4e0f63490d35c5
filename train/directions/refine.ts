/** From slopes to directions that do what is asked of them: gradient descent on a unit vector. */
import * as tf from "@tensorflow/tfjs-core";
import { createOptimizer } from "../optimizers.ts";
import type { Attribute, Ends } from "./attributes.ts";
import type { Latents } from "./linear.ts";
import type { Reader } from "./surrogate.ts";

/** A direction to be refined. */
export interface Draft {
  readonly attribute: number;
  readonly ends: Ends;
  /** Where to begin; of any length but 0. */
  readonly start: readonly number[];
  /** Half of what lies between the mean latents of the two ends. */
  readonly halfway: readonly number[];
  /** By attribute, how much of its probability may move on average; 1 where any change is welcome, as of its own. */
  readonly allowed: readonly number[];
  /** What v·halfway is aimed at. */
  readonly separation: number;
  /** What share of the images is to change from one end to the other. */
  readonly gain: number;
}

/**
 * What is aimed at, at first. Two ends of equal deviation 1 about their means, s either side of the middle, are
 * told apart with the accuracy Φ(s): 0.84 of 1. `gain` is the share of the images that show one end before and the other behind.
 * Both are a little more than what is asked of a direction, since the surrogate is more hopeful than images are.
 */
export const AIM = { separation: 1, gain: 0.7 } as const;
/** What a shortfall of 1 costs; leaks are shares of many attributes, each of which must stay small. */
const COST = { separation: 3, gain: 3, leak: 8 } as const;
/** How to descend. */
export interface Effort {
  /** Adam's. */
  readonly rate: number;
  readonly steps: number;
  /** Latents a step. */
  readonly batch: number;
}
/** How sharp the step at one deviation of a quantity is, so that it has a slope. */
const SOFTNESS = 0.25;

/**
 * For each draft the unit vector v with the least
 *
 *   3 (separation − v·halfway)₊ + 3 (gain − E[p(minus | z − 2v) p(plus | z + 2v)])₊ + 8 Σₐ (Lₐ(v) − allowedₐ)₊
 *
 * that descent from its start finds. p is what the reader says, and Lₐ = E ½ Σ |p(value | z + 2v) − p(value | z − 2v)| over the
 * values of attribute a, the share of probability that has moved. A quantity has changed by as much as σ((Δ − 1) / 0.25),
 * which is near 1 from one deviation on. `reach` is the 2. All drafts go together, which is as quick as one where the reader is.
 */
export function refine(
  reader: Reader,
  attributes: readonly Attribute[],
  drafts: readonly Draft[],
  { z, latentSize }: Latents,
  reach: number,
  { rate, steps, batch }: Effort,
): number[][] {
  if (drafts.length === 0) return [];
  const count = drafts.length;
  const perPass = Math.floor(z.length / latentSize / batch);
  const halfway = tf.tensor2d(drafts.map((draft) => [...draft.halfway]));
  const allowed = tf.tensor2d(drafts.map((draft) => [...draft.allowed]));
  const separations = tf.tensor1d(drafts.map((draft) => draft.separation));
  const gainAims = tf.tensor1d(drafts.map((draft) => draft.gain));
  const own = tf.tensor2d(
    drafts.map((draft) => attributes.map((_, a) => a === draft.attribute ? 1 : 0)),
  );
  /** By question, 1 where a value is at that end of a draft, [count, 1, values]. */
  const masks = attributes.map(({ values }, a) =>
    values &&
    (["minus", "plus"] as const).map((end) =>
      tf.tensor3d(drafts.map(({ attribute, ends }) => [
        values.map((_, v) => attribute === a && ends?.[end].includes(v) ? 1 : 0),
      ]))
    )
  );
  const v = tf.tidy(() => tf.variable(tf.tensor2d(drafts.map(({ start }) => [...start]))));
  const unit = () => tf.div(v, tf.norm(v, 2, 1, true)) as tf.Tensor2D;
  const changed = (by: tf.Tensor) => tf.sigmoid(tf.div(tf.sub(by, 1), SOFTNESS));

  const loss = (step: number) => {
    const at = (step % perPass) * batch * latentSize;
    const x = tf.tensor3d(z.subarray(at, at + batch * latentSize), [1, batch, latentSize]);
    const u = unit();
    const readAt = (offset: number) => {
      const moved = tf.add(x, tf.expandDims(tf.mul(u, offset), 1));
      return reader.read(tf.reshape(moved, [count * batch, latentSize]) as tf.Tensor2D)
        .map((part) => tf.reshape(part, [count, batch, part.shape[1]]));
    };
    const [before, after] = [readAt(-reach), readAt(reach)];
    const gains: tf.Tensor[] = [];
    const leaks: tf.Tensor[] = [];
    attributes.forEach(({ values }, a) => {
      const by = tf.sub(after[a], before[a]);
      const mask = masks[a];
      const share = mask
        ? tf.mul(tf.sum(tf.mul(before[a], mask[0]), 2), tf.sum(tf.mul(after[a], mask[1]), 2))
        : tf.sum(changed(by), 2);
      gains.push(tf.mean(share, 1));
      leaks.push(
        tf.mean(values ? tf.div(tf.sum(tf.abs(by), 2), 2) : tf.sum(changed(tf.abs(by)), 2), 1),
      );
    });
    const gain = tf.sum(tf.mul(tf.stack(gains, 1), own), 1);
    const separation = tf.sum(tf.mul(u, halfway), 1);
    const leak = tf.sum(tf.relu(tf.sub(tf.stack(leaks, 1), allowed)), 1);
    return tf.sum(tf.addN([
      tf.mul(COST.separation, tf.relu(tf.sub(separations, separation))),
      tf.mul(COST.gain, tf.relu(tf.sub(gainAims, gain))),
      tf.mul(COST.leak, leak),
    ])) as tf.Scalar;
  };
  const optimizer = createOptimizer({ name: "adam", learningRate: rate, beta1: 0.9, beta2: 0.99 }, [
    v,
  ]);
  for (let step = 0; step < steps; step++) {
    const { value, grads } = tf.variableGrads(() => loss(step), [v]);
    optimizer.apply([grads[v.name]]);
    tf.dispose([value, grads[v.name]]);
  }
  const found = tf.tidy(() => unit().arraySync());
  optimizer.dispose();
  tf.dispose([
    v,
    halfway,
    allowed,
    separations,
    gainAims,
    own,
    ...masks.flatMap((mask) => mask ?? []),
  ]);
  return found;
}
