import * as tf from "@tensorflow/tfjs-core";
import type { FoldedLayer } from "../../sampler/plan.ts";

/** A generator whose gradient TensorFlow.js knows, on its current backend. Needs no Deno. */
export interface DifferentiableGenerator {
  readonly latentSize: number;
  /** [height, width, channels]. */
  readonly imageShape: readonly [number, number, number];
  /** Images [batch, height, width, channels] in [-1, 1] of z [batch, latentSize]. */
  images(z: tf.Tensor2D): tf.Tensor4D;
  dispose(): void;
}

/**
 * The generator of these layers (`sampler/read_model.ts`, `readFoldedLayers()`), with batch norm folded in as the sampler
 * folds it: per layer a transposed convolution, a bias and a leaky ReLU. That makes a gradient several times cheaper than
 * through the saved LayersModel, whose batch norm has one of its own.
 */
export function differentiable(layers: readonly FoldedLayer[]): DifferentiableGenerator {
  const latentSize = layers[0].kernel.shape[3];
  const parts = layers.map(({ layer, kernel, bias, slope, output }) => ({
    filter: tf.tensor4d(kernel.values, [...kernel.shape]), // [height, width, out, in]
    bias: tf.tensor1d(bias),
    ...{ slope, output, strides: layer.strides, padding: layer.padding },
  }));
  return {
    latentSize,
    imageShape: parts.at(-1)!.output,
    images: (z) =>
      tf.tidy(() => {
        const batch = z.shape[0];
        const [height, width] = layers[0].input;
        let x = tf.reshape(z, [batch, height, width, -1]) as tf.Tensor4D;
        for (const { filter, bias, slope, output, strides, padding } of parts) {
          const y = tf.conv2dTranspose(x, filter, [batch, ...output], strides, padding);
          const shifted = tf.add(y, bias) as tf.Tensor4D;
          x = slope === null ? shifted : tf.leakyRelu(shifted, slope);
        }
        return tf.tanh(x);
      }),
    dispose: () => parts.forEach(({ filter, bias }) => tf.dispose([filter, bias])),
  };
}
