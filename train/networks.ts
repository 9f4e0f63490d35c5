import * as tf from "@tensorflow/tfjs-core";
import { normal, uniform } from "../sampler/random.ts";
import { batchNorm, layerNorm, type Moments } from "./normalise.ts";
import type { Critic, Images, Initialisation, Normalisation } from "./objectives/objective.ts";
import { STREAM } from "./streams.ts";

export const SLOPE = 0.2; // leaky ReLU's, in both networks (DCGAN, section 3; the article)

/** What both networks are built for. `size` is 4·2ⁿ; `width` multiplies the article's channels. */
export interface NetworkShape {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly width: number;
  readonly latentSize: number;
}

export interface Start {
  readonly initialisation: Initialisation;
  readonly seed: number;
}

/**
 * The article's generator. 64x64x3 at width 1:
 *
 *   z [100] → 4x4x512 → 8x8x256 → 16x16x128 → 32x32x64 → 64x64x3
 *
 * First a transposed 4x4 convolution, `valid`, then transposed 3x3 convolutions of stride 2, `same`; batch norm and leaky
 * ReLU after each but the last, whose activation is tanh. 32x32 has one block less at the end, 128x128 one more. No bias
 * stands in front of a batch norm, which would take it away again.
 */
export interface Generator {
  readonly shape: NetworkShape;
  readonly weights: readonly tf.Variable[];
  /** The weights' names, in their order. */
  readonly names: readonly string[];
  /** Images of z [batch, latentSize], each layer normalised by the batch's own moments, which are reported. */
  train(z: tf.Tensor2D, weights?: readonly tf.Tensor[], onMoments?: (m: Moments[]) => void): Images;
  /** Images of z by given weights and moments: what the saved model computes. */
  infer(z: tf.Tensor2D, weights: readonly tf.Tensor[], moments: readonly Moments[]): Images;
}

/** Output channels of the generator's layers. */
export function generatorChannels({ size, channels, width }: NetworkShape): number[] {
  const blocks = Math.log2(size / 4);
  return [...range(blocks).map((i) => scaled(512 / 2 ** i, width)), channels];
}

export function createGenerator(shape: NetworkShape, start: Start): Generator {
  const outputs = generatorChannels(shape);
  const last = outputs.length - 1;
  const { weights, names, filter, gain, zeros } = initialiser(start, STREAM.generatorWeights);
  outputs.forEach((c, i) => {
    const k = i === 0 ? 4 : 3;
    filter(`conv${i}`, [k, k, c, outputs[i - 1] ?? shape.latentSize]); // transposed: [height, width, out, in]
    if (i < last) gain(`gamma${i}`, c);
    zeros(`beta${i}`, c);
  });

  function forward(z: tf.Tensor2D, w: readonly tf.Tensor[], fixed?: readonly Moments[]) {
    const used: Moments[] = [];
    let x = tf.reshape(z, [-1, 1, 1, shape.latentSize]) as tf.Tensor4D;
    outputs.forEach((c, i) => {
      const side = 4 * 2 ** i;
      const [filter, ...rest] = w.slice(3 * i, 3 * i + (i < last ? 3 : 2));
      const out: [number, number, number, number] = [x.shape[0], side, side, c];
      const [stride, pad] = i === 0 ? [1, "valid" as const] : [2, "same" as const];
      const y = tf.conv2dTranspose(x, filter as tf.Tensor4D, out, stride, pad);
      if (i === last) {
        x = tf.tanh(tf.add(y, rest[0]));
      } else {
        const normalised = batchNorm(y, rest[0], rest[1], fixed?.[i]);
        used.push(normalised.moments);
        x = tf.leakyRelu(normalised.y, SLOPE);
      }
    });
    return { images: x, moments: used };
  }

  return {
    shape,
    weights,
    names,
    train(z, w = weights, onMoments) {
      const { images, moments } = forward(z, w);
      onMoments?.(moments);
      return images;
    },
    infer: (z, w, moments) => forward(z, w, moments).images,
  };
}

/** A critic that scores each image, and what it learns. */
export interface CriticNetwork {
  readonly weights: readonly tf.Variable[];
  readonly names: readonly string[];
  readonly judge: Critic;
}

/** Output channels of the critic's strided convolutions. */
export function criticChannels({ size, width }: NetworkShape): number[] {
  const blocks = Math.log2(size / 4);
  return range(blocks).map((i) => scaled(256 / 2 ** (blocks - 1 - i), width));
}

/**
 * The article's discriminator. 64x64x3 at width 1:
 *
 *   64x64x3 → 32x32x32 → 16x16x64 → 8x8x128 → 4x4x256 → 1
 *
 * 3x3 convolutions of stride 2, `same`, each with a normalisation chosen by the recipe and leaky ReLU; then 4x4, `valid`.
 * 32x32 starts at 64 channels, 128x128 at 16. Everything in it differentiates twice.
 */
export function createCritic(
  shape: NetworkShape,
  normalisation: Normalisation,
  start: Start,
): CriticNetwork {
  const outputs = criticChannels(shape);
  const { weights, names, filter, gain, zeros } = initialiser(start, STREAM.criticWeights);
  outputs.forEach((c, i) => {
    filter(`conv${i}`, [3, 3, outputs[i - 1] ?? shape.channels, c]);
    if (normalisation !== "none") gain(`gamma${i}`, c);
    zeros(`beta${i}`, c);
  });
  filter("score", [4, 4, outputs.at(-1)!, 1]);
  zeros("scoreBias", 1);

  const judge: Critic = (images) => {
    let x = images;
    let next = 0;
    for (const _ of outputs) {
      const y = tf.conv2d(x, weights[next++] as tf.Tensor4D, 2, "same");
      const normalised = normalisation === "none"
        ? tf.add(y, weights[next++])
        : normalisation === "layer"
        ? layerNorm(y, weights[next++], weights[next++])
        : batchNorm(y, weights[next++], weights[next++]).y;
      x = tf.leakyRelu(normalised as tf.Tensor4D, SLOPE);
    }
    const y = tf.conv2d(x, weights[next++] as tf.Tensor4D, 1, "valid");
    return { score: tf.reshape(tf.add(y, weights[next++]), [-1]) as tf.Tensor1D };
  };
  return { weights, names, judge };
}

/**
 * First weights, a function of the seed alone.
 * `dcgan`: filters N(0, 0.02), gains N(1, 0.02) (arXiv:1511.06434, section 4).
 * `glorot`: filters U(±√(6 / (fan in + fan out))), gains 1: what TF 1's tf.layers does when nothing is said, as in the
 * article. Fans of a transposed filter come out the same, since they are summed.
 */
function initialiser({ initialisation, seed }: Start, stream: number) {
  const weights: tf.Variable[] = [];
  const names: string[] = [];
  const add = (name: string, shape: number[], values: Float32Array) => {
    weights.push(tf.tidy(() => tf.variable(tf.tensor(values, shape))));
    names.push(name);
  };
  const size = (shape: number[]) => shape.reduce((a, b) => a * b);
  const key = () => [seed, stream, weights.length] as const; // each tensor has its own sequence
  const gaussian = (shape: number[], mean: number) =>
    normal(key(), size(shape)).map((v) => mean + 0.02 * v);
  const glorot = ([h, w, a, b]: number[]) => {
    const limit = Math.sqrt(6 / (h * w * (a + b)));
    return uniform(key(), h * w * a * b).map((v) => limit * (2 * v - 1));
  };
  const dcgan = initialisation === "dcgan";
  return {
    weights,
    names,
    filter: (name: string, shape: number[]) =>
      add(name, shape, dcgan ? gaussian(shape, 0) : glorot(shape)),
    gain: (name: string, count: number) =>
      add(name, [count], dcgan ? gaussian([count], 1) : new Float32Array(count).fill(1)),
    zeros: (name: string, count: number) => add(name, [count], new Float32Array(count)),
  };
}

const range = (n: number) => [...Array(n).keys()];
const scaled = (channels: number, width: number) => Math.max(1, Math.round(channels * width));
