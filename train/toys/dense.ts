import * as tf from "@tensorflow/tfjs-core";
import { uniform } from "../../sampler/random.ts";
import type { CriticNetwork } from "../critics.ts";
import { type Generator, SLOPE } from "../networks.ts";
import type { Critic, CriticKind, Images } from "../objectives/objective.ts";
import { STREAM } from "../streams.ts";

/** Numbers in a latent vector: as many as a point has. */
export const POINT_LATENT_SIZE = 2;
/** Numbers in the auto-encoder's code: small, and yet more than a point has, by measurement (docs/modes.md). */
export const POINT_CODE_SIZE = 16;
const HIDDEN = [64, 64, 64];

/** Units of the layers, from input to output. */
export const generatorUnits = [POINT_LATENT_SIZE, ...HIDDEN, 2];
export function criticUnits(kind: CriticKind): number[] {
  if (kind === "score") return [2, ...HIDDEN, 1];
  return [2, ...HIDDEN, POINT_CODE_SIZE, ...HIDDEN, 2];
}

/**
 * The generator of points: z [2] → 64 → 64 → 64 → point [2], dense layers, leaky ReLU between them.
 *
 * A batch of points is [batch, 1, 2, 1], images of one row, two columns and one channel: the loop, the objectives and the
 * checkpoints take them as they take any images.
 */
export function createPointGenerator(seed: number): Generator {
  const { weights, names } = denseWeights([generatorUnits], [seed, STREAM.generatorWeights]);
  const images = (z: tf.Tensor2D, w: readonly tf.Tensor[]) =>
    tf.reshape(perceptron(z, w), [-1, 1, 2, 1]) as Images;
  return {
    shape: { latentSize: POINT_LATENT_SIZE },
    weights,
    names,
    train: (z, w = weights) => images(z, w),
    infer: (z, w) => images(z, w),
  };
}

/**
 * The critic of points: a score by the generator's layers turned round, 2 → 64 → 64 → 64 → 1, or an auto-encoder of two such
 * halves with a small code between them, whose score is the mean squared error of its reconstruction. Everything in
 * it differentiates twice, and no point's score depends on another point.
 */
export function createPointCritic(kind: CriticKind, seed: number): CriticNetwork {
  const units = criticUnits(kind);
  const key = [seed, STREAM.criticWeights] as const;
  if (kind === "score") {
    const { weights, names } = denseWeights([units], key);
    const judge: Critic = (x) => ({
      score: tf.reshape(perceptron(toPoints(x), weights), [-1]) as tf.Tensor1D,
    });
    return { weights, names, judge };
  }
  const middle = HIDDEN.length + 1;
  const halves = [units.slice(0, middle + 1), units.slice(middle)];
  const { weights, names } = denseWeights(halves, key);
  const judge: Critic = (x) => {
    const points = toPoints(x);
    const code = perceptron(points, weights.slice(0, 2 * middle));
    const copy = perceptron(code, weights.slice(2 * middle));
    return { score: tf.mean(tf.squaredDifference(copy, points), 1) as tf.Tensor1D, code };
  };
  return { weights, names, judge };
}

/**
 * First weights of perceptrons, a function of the key alone: hidden layers U(±√(6 / fan in)) (He et al., arXiv:1502.01852, for
 * rectified units), biases U(±1 / √(fan in)), the last layer Glorot's, without bias. Biases of 0 would have every unit of the
 * first layer bend along a line through the origin.
 */
function denseWeights(perceptrons: readonly number[][], [seed, stream]: readonly [number, number]) {
  const weights: tf.Variable[] = [];
  const names: string[] = [];
  const add = (name: string, shape: number[], limit: number) => {
    const count = shape.reduce((a, b) => a * b);
    const values = uniform([seed, stream, weights.length], count).map((u) => limit * (2 * u - 1));
    weights.push(tf.tidy(() => tf.variable(tf.tensor(values, shape))));
    names.push(name);
  };
  perceptrons.forEach((units, part) =>
    units.slice(1).forEach((out, i) => {
      const fanIn = units[i];
      const isLast = i === units.length - 2;
      const limit = isLast ? Math.sqrt(6 / (fanIn + out)) : Math.sqrt(6 / fanIn);
      add(`dense${part}.${i}`, [fanIn, out], limit);
      add(`bias${part}.${i}`, [out], isLast ? 0 : 1 / Math.sqrt(fanIn));
    })
  );
  return { weights, names };
}

/** x [batch, in] through dense layers, given as weight and bias in turn: leaky ReLU after each but the last. */
function perceptron(x: tf.Tensor2D, weights: readonly tf.Tensor[]): tf.Tensor2D {
  let y = x;
  for (let i = 0; i < weights.length; i += 2) {
    y = tf.add(tf.matMul(y, weights[i] as tf.Tensor2D), weights[i + 1]);
    if (i < weights.length - 2) y = tf.leakyRelu(y, SLOPE);
  }
  return y;
}

const toPoints = (images: Images) => tf.reshape(images, [-1, 2]) as tf.Tensor2D;
