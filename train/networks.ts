import * as tf from "@tensorflow/tfjs-core";
import { batchNormLeakyRelu, biasTanh } from "../kernels/mod.ts";
import { initialiser, type Start } from "./initialise.ts";
import { batchNorm, EPSILON, type Moments } from "./normalise.ts";
import type { Images } from "./objectives/objective.ts";
import { STREAM } from "./streams.ts";

export const SLOPE = 0.2; // leaky ReLU's, in both networks (DCGAN, section 3; the article)

/** What both networks are built for. `size` is 4·2ⁿ; `width` multiplies the article's channels. */
export interface NetworkShape {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly width: number;
  readonly latentSize: number;
}

/** Channels of the article's layer at this width, at least one. */
export const scaled = (channels: number, width: number) =>
  Math.max(1, Math.round(channels * width));

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
  readonly shape: Pick<NetworkShape, "latentSize">;
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
  return [...[...Array(blocks).keys()].map((i) => scaled(512 / 2 ** i, width)), channels];
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
        x = biasTanh(y, rest[0]);
      } else if (fixed) {
        x = tf.leakyRelu(batchNorm(y, rest[0], rest[1], fixed[i]), SLOPE);
      } else {
        const settings = { epsilon: EPSILON, alpha: SLOPE };
        const { y: next, ...moments } = batchNormLeakyRelu(y, rest[0], rest[1], settings);
        used.push(moments);
        x = next;
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
