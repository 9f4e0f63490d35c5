/** What the images of latents show, with its gradient: the generator and the classifier themselves. */
import * as tf from "@tensorflow/tfjs-core";
import type { Classifier } from "../evaluate/classifier.ts";
import type { DifferentiableGenerator } from "../invert/differentiable.ts";
import { tonesOf, type Usual } from "./attributes.ts";
import type { Reader } from "./surrogate.ts";
import { weightsOf } from "./tones.ts";

/**
 * Reads the images that it draws, which is exact but for their rounding to bytes, and takes a thousand times as long as a surrogate.
 * Null where the data set has a quantity that is no sum over pixels. `scales` are what is usual of each attribute.
 */
export function imageReader(
  generator: DifferentiableGenerator,
  classifier: Classifier,
  scales: readonly (Usual | null)[],
): Reader | null {
  const { dataset, questions, imageShape: [height, width, channels] } = classifier.card;
  const tones = tonesOf(dataset.id);
  if (!tones) return null;
  const size = height * width * channels;
  const quantities = tones.map((tone, i) => {
    const { means: [mean], deviation } = scales[questions.length + i]!; // of all images, whatever their class
    const weights = weightsOf(tone, height, width);
    return { mean, deviation, weights: tf.tensor2d(weights, [size, 1]) };
  });
  return {
    read: (z) =>
      tf.tidy(() => {
        const x = generator.images(z);
        const all = classifier.logits(x);
        let from = 0;
        // Not split(), which has no gradient where there is one question alone
        const logits = questions.map(({ values: { length } }) => {
          from += length;
          return tf.slice(all, [0, from - length], [-1, length]);
        });
        const bytes = tf.mul(tf.add(tf.reshape(x, [-1, size]), 1), 127.5);
        return [
          ...logits.map((part) => tf.softmax(part) as tf.Tensor2D),
          ...quantities.map(({ weights, mean, deviation }) =>
            tf.div(tf.sub(tf.matMul(bytes, weights), mean), deviation) as tf.Tensor2D
          ),
        ];
      }),
    dispose: () => tf.dispose(quantities.map(({ weights }) => weights)),
  };
}
