import * as tf from "@tensorflow/tfjs-core";
import { uniform } from "../../sampler/random.ts";
import { createAverage } from "../average.ts";
import { shuffledOrder } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { createOptimizer } from "../optimizers.ts";
import { STREAM } from "../streams.ts";
import { type ClassifierShape, classify, initialWeights } from "./classifier_network.ts";
import { questionsOf } from "./questions.ts";

/** How a data set's classifier is made. */
export interface ClassifierRecipe {
  readonly channels: readonly number[];
  readonly epochs: number;
  /** Pixels by which an image is moved at most, in each direction. */
  readonly shift: number;
  /** Whether half of the images are shown mirrored. */
  readonly mirror: boolean;
  /** Share of the last convolution's outputs that a step does without (dropout). */
  readonly drop: number;
}

export interface ClassifierStep {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

const BATCH_SIZE = 64;
/** Adam's rate, and how much of it is left for the last third of the steps. */
const RATE = 1e-3;
const LAST_THIRD = 0.2;
export const OPTIMIZER = `Adam ${RATE}, the last third ${RATE * LAST_THIRD}; moving average`;

/**
 * Trains a classifier and returns the moving average of its weights, as numbers. The loss is the cross-entropy summed over
 * the questions, a mean over the batch. Everything random is a function of (seed, step).
 */
export async function trainClassifier(
  dataset: Dataset,
  recipe: ClassifierRecipe,
  seed: number,
  report: (step: ClassifierStep) => void,
): Promise<{ values: Float32Array[]; steps: number; batchSize: number }> {
  const shape: ClassifierShape = {
    imageShape: dataset.imageShape,
    channels: recipe.channels,
    values: questionsOf(dataset).map(({ values }) => values.length),
  };
  const weights = initialWeights(shape, seed);
  const average = createAverage({ weights });
  const steps = Math.ceil(recipe.epochs * dataset.count / BATCH_SIZE);
  const slow = Math.round(steps * 2 / 3);
  const settings = { name: "adam" as const, learningRate: RATE, beta1: 0.9, beta2: 0.999 };
  let optimizer = createOptimizer(settings, weights);
  const batch = batches(dataset, recipe, seed);
  for (let step = 0; step < steps; step++) {
    if (step === slow) {
      optimizer.dispose();
      optimizer = createOptimizer({ ...settings, learningRate: RATE * LAST_THIRD }, weights);
    }
    const { x, labels } = batch(step);
    const drop = dropout(recipe.drop, [seed, STREAM.classifierDrops, step]);
    const { value, grads } = tf.variableGrads(() => {
      const images = tf.tensor4d(x, [BATCH_SIZE, ...dataset.imageShape]);
      return crossEntropy(classify(images, weights, drop).logits, labels, shape.values);
    }, weights);
    const gradients = weights.map((w) => grads[w.name]);
    optimizer.apply(gradients);
    average.update(step + 1);
    const [loss] = await value.data();
    tf.dispose([value, ...gradients]);
    report({ step: step + 1, steps, loss });
  }
  const values = await Promise.all(average.weights.map((w) => w.data<"float32">()));
  optimizer.dispose();
  tf.dispose([...weights, ...average.weights]);
  return { values, steps, batchSize: BATCH_SIZE };
}

/** −log p of the true values, summed over the questions, a mean over the batch. */
export function crossEntropy(
  logits: tf.Tensor2D,
  labels: readonly Uint8Array[],
  values: readonly number[],
): tf.Scalar {
  const batch = logits.shape[0];
  let from = 0;
  const terms = values.map((count, q) => {
    const logP = tf.logSoftmax(tf.slice(logits, [0, from], [batch, count]));
    from += count;
    const truth = new Float32Array(batch * count);
    labels[q].forEach((label, i) => truth[i * count + label] = 1);
    return tf.sum(tf.mul(logP, tf.tensor2d(truth, [batch, count])));
  });
  return tf.div(tf.addN(terms), -batch);
}

/** Each number is left out with probability `rate`, the others are raised so that the mean stays. */
function dropout(rate: number, key: readonly [number, number, number]) {
  return (y: tf.Tensor2D): tf.Tensor2D => {
    if (rate === 0) return y;
    const size = y.shape[0] * y.shape[1];
    const kept = uniform(key, size).map((u) => u < rate ? 0 : 1 / (1 - rate));
    return tf.mul(y, tf.tensor2d(kept, y.shape));
  };
}

/** Batch `step` of endless shuffled epochs: moved and mirrored images, and the labels of each question. */
function batches(dataset: Dataset, { shift, mirror }: ClassifierRecipe, seed: number) {
  const { count, pixels, imageShape: [height, width, channels] } = dataset;
  const questions = questionsOf(dataset);
  const size = height * width * channels;
  const orders = new Map<number, Uint32Array>();
  const orderOf = (epoch: number) => {
    let order = orders.get(epoch);
    if (!order) orders.set(epoch, order = shuffledOrder(count, seed, epoch));
    orders.delete(epoch - 2);
    return order;
  };
  return (step: number) => {
    const x = new Float32Array(BATCH_SIZE * size).fill(-1); // black comes in at the edges
    const labels = questions.map(() => new Uint8Array(BATCH_SIZE));
    const random = uniform([seed, STREAM.classifierShifts, step], 3 * BATCH_SIZE);
    for (let i = 0; i < BATCH_SIZE; i++) {
      const position = step * BATCH_SIZE + i;
      const image = orderOf(Math.floor(position / count))[position % count];
      questions.forEach((question, q) => labels[q][i] = question.labels[image]);
      const [down, right] = [random[3 * i], random[3 * i + 1]].map((u) =>
        Math.floor(u * (2 * shift + 1)) - shift
      );
      const isMirrored = mirror && random[3 * i + 2] < 0.5;
      for (let row = 0; row < height; row++) {
        const to = row + down;
        if (to < 0 || to >= height) continue;
        for (let column = 0; column < width; column++) {
          const at = (isMirrored ? width - 1 - column : column) + right;
          if (at < 0 || at >= width) continue;
          for (let c = 0; c < channels; c++) {
            const from = image * size + (row * width + column) * channels + c;
            x[i * size + (to * width + at) * channels + c] = pixels[from] / 127.5 - 1;
          }
        }
      }
    }
    return { x, labels };
  };
}
