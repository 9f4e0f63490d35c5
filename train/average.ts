import * as tf from "@tensorflow/tfjs-core";
import { updateAverages } from "../kernels/mod.ts";
import { normal } from "../sampler/random.ts";
import type { Generator } from "./networks.ts";
import type { Moments } from "./normalise.ts";
import { STREAM } from "./streams.ts";

/** The moving average of a generator's weights, which is smoother than the generator itself. */
export interface Average {
  readonly weights: readonly tf.Variable[];
  /** Takes in the weights after generator step `step` (from 1), with decay min(0.999, (1 + step) / (10 + step)). */
  update(step: number): void;
}

export function createAverage(generator: Pick<Generator, "weights">): Average {
  const weights = generator.weights.map((w) => tf.tidy(() => tf.variable(tf.clone(w), false)));
  return {
    weights,
    update(step) {
      updateAverages(weights, generator.weights, { most: 0.999, t: step });
    },
  };
}

/** A generator at rest: what is previewed, evaluated and saved is this one thing. */
export interface FrozenGenerator {
  readonly weights: readonly tf.Tensor[];
  readonly moments: readonly Moments[];
  /** Images of z [batch, latentSize]. */
  infer(z: tf.Tensor2D): tf.Tensor4D;
  dispose(): void;
}

/**
 * Freezes averaged weights. Filters are rounded to float16 first, as they will be saved, and batch norm's moments are
 * measured for *these* weights over 6,400 latents: the live generator's own would not fit them.
 */
export async function freeze(
  generator: Generator,
  average: Average,
  seed: number,
): Promise<FrozenGenerator> {
  const batches = 100, batchSize = 64;
  const { latentSize } = generator.shape;
  const weights = await Promise.all(
    average.weights.map((w) => w.rank === 4 ? roundToFloat16(w) : tf.clone(w)),
  );
  let sums: tf.Tensor1D[][] = []; // per layer: sum of means, sum of mean squares
  for (let i = 0; i < batches; i++) {
    const previous = sums;
    sums = tf.tidy(() => {
      const z = normal([seed, STREAM.averageMoments, i], batchSize * latentSize);
      let measured: Moments[] = [];
      generator.train(tf.tensor2d(z, [batchSize, latentSize]), weights, (m) => measured = m);
      return measured.map(({ mean, variance }, layer) =>
        [mean, tf.add(variance, tf.square(mean))].map((moment, k) =>
          (i === 0 ? tf.clone(moment) : tf.add(previous[layer][k], moment)) as tf.Tensor1D
        )
      );
    });
    tf.dispose(previous);
    if (sums.length === 0) break; // no batch norm, no moments
  }
  const moments = sums.map((layer) => {
    const [mean, square] = layer.map((s) => tf.div(s, batches) as tf.Tensor1D);
    const variance = tf.tidy(() => tf.maximum(tf.sub(square, tf.square(mean)), 0) as tf.Tensor1D);
    square.dispose();
    return { mean, variance };
  });
  tf.dispose(sums);
  return {
    weights,
    moments,
    infer: (z) => tf.tidy(() => generator.infer(z, weights, moments)),
    dispose: () => {
      tf.dispose(weights as tf.Tensor[]);
      moments.forEach((m) => tf.dispose([m.mean, m.variance]));
    },
  };
}

async function roundToFloat16(w: tf.Tensor): Promise<tf.Tensor> {
  return tf.tensor(Float32Array.from(new Float16Array(await w.data<"float32">())), w.shape);
}
