import * as tf from "@tensorflow/tfjs-core";
import { normal } from "../../sampler/random.ts";
import { STREAM } from "../streams.ts";

/** Linear units before the last activation: what the metrics call an image's features. */
export const FEATURES = 128;
const SLOPE = 0.2; // leaky ReLU's, as in the networks that are judged

/** What a classifier is built for. */
export interface ClassifierShape {
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** Output channels of the convolutions, each of which halves the image. */
  readonly channels: readonly number[];
  /** How many values each of its questions has: one of ten digits, or one number an attribute. */
  readonly values: readonly number[];
}

/** A weight's name and shape, in the order in which they are saved. */
export interface WeightShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/**
 * The weights of a classifier: convolutions of stride 2, `same`, 5x5 and then 3x3, a bias and leaky ReLU after each; a dense
 * layer to the 128 features; leaky ReLU and a dense layer to the values of all questions side by side.
 */
export function classifierWeights(
  { imageShape, channels, values }: ClassifierShape,
): WeightShape[] {
  const [height, width, colours] = imageShape;
  const last = channels.at(-1)!;
  const side = (length: number) => channels.reduce((n) => Math.ceil(n / 2), length);
  const outputs = values.reduce((a, b) => a + b, 0);
  return [
    ...channels.flatMap((out, i) => {
      const k = i === 0 ? 5 : 3;
      return [
        { name: `conv${i}`, shape: [k, k, channels[i - 1] ?? colours, out] },
        { name: `conv${i}/bias`, shape: [out] },
      ];
    }),
    { name: "features", shape: [side(height) * side(width) * last, FEATURES] },
    { name: "features/bias", shape: [FEATURES] },
    { name: "logits", shape: [FEATURES, outputs] },
    { name: "logits/bias", shape: [outputs] },
  ];
}

/** First weights, a function of the seed: He's normal for the filters (arXiv:1502.01852, eq. 14), zeros for the biases. */
export function initialWeights(shape: ClassifierShape, seed: number): tf.Variable[] {
  return classifierWeights(shape).map(({ shape }, i) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const deviation = shape.length === 1 ? 0 : Math.sqrt(2 * shape.at(-1)! / size);
    const values = normal([seed, STREAM.classifierWeights, i], size).map((v) => deviation * v);
    return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
  });
}

/**
 * Features [batch, 128], before their activation, and logits [batch, sum of values] of x [batch, height, width, channels] in
 * [-1, 1]. `drop` is applied to what the features see; training alone has it.
 */
export function classify(
  x: tf.Tensor4D,
  weights: readonly tf.Tensor[],
  drop: (y: tf.Tensor2D) => tf.Tensor2D = (y) => y,
): { features: tf.Tensor2D; logits: tf.Tensor2D } {
  const convolutions = weights.length / 2 - 2;
  let y = x;
  for (let i = 0; i < convolutions; i++) {
    const [filter, bias] = weights.slice(2 * i);
    y = tf.leakyRelu(tf.add(tf.conv2d(y, filter as tf.Tensor4D, 2, "same"), bias), SLOPE);
  }
  const dense = (x: tf.Tensor2D, layer: number) =>
    tf.add(tf.matMul(x, weights[2 * layer] as tf.Tensor2D), weights[2 * layer + 1]) as tf.Tensor2D;
  const features = dense(drop(tf.reshape(y, [x.shape[0], -1])), convolutions);
  return { features, logits: dense(tf.leakyRelu(features, SLOPE), convolutions + 1) };
}
