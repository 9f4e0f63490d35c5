import { uniform } from "../../sampler/random.ts";
import { STREAM } from "../streams.ts";
import type { Dataset } from "./dataset.ts";

/** Batches in a fixed order: `batch(step)` is float32 [batchSize, height, width, channels] in [-1, 1]. */
export interface BatchSource {
  readonly batchSize: number;
  readonly imageShape: Dataset["imageShape"];
  batch(step: number): Float32Array;
}

/** What each byte becomes. */
const LEVELS = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);

/**
 * Shuffled batches as a pure function of (seed, step), so that resuming needs no state.
 *
 * Step s holds the positions s·batchSize … (s+1)·batchSize - 1 of an endless sequence of epochs, each
 * a permutation of the whole set; a batch may end one epoch and begin the next, and no image is
 * dropped. Where the data set is `mirrored`, an epoch holds each image twice: as it is, and with left
 * and right exchanged. A byte b becomes b/127.5 - 1.
 */
export function batchSource(
  dataset: Dataset,
  { seed, batchSize }: { seed: number; batchSize: number },
): BatchSource {
  const { count, imageShape, pixels } = dataset;
  const imageSize = imageShape.reduce((product, length) => product * length, 1);
  const epochSize = dataset.mirrored ? 2 * count : count;
  const orders = new Map<number, Uint32Array>(); // the epochs of the last batch: one or two

  return {
    batchSize,
    imageShape,
    batch(step) {
      const start = step * batchSize;
      const firstEpoch = Math.floor(start / epochSize);
      for (const epoch of orders.keys()) if (epoch < firstEpoch) orders.delete(epoch);

      const batch = new Float32Array(batchSize * imageSize);
      for (let i = 0; i < batchSize; i++) {
        const epoch = Math.floor((start + i) / epochSize);
        let order = orders.get(epoch);
        if (!order) orders.set(epoch, order = shuffledOrder(epochSize, seed, epoch));
        const position = order[(start + i) % epochSize];
        const from = (position % count) * imageSize;
        const to = i * imageSize;
        for (let j = 0; j < imageSize; j++) batch[to + j] = LEVELS[pixels[from + j]];
        if (position >= count) mirror(batch.subarray(to, to + imageSize), imageShape);
      }
      return batch;
    },
  };
}

/** Exchanges left and right of one image, [height, width, channels], in place. */
function mirror(image: Float32Array, [height, width, channels]: Dataset["imageShape"]): void {
  for (let row = 0; row < height; row++) {
    for (let left = 0, right = width - 1; left < right; left++, right--) {
      for (let c = 0; c < channels; c++) {
        const [a, b] = [(row * width + left) * channels + c, (row * width + right) * channels + c];
        [image[a], image[b]] = [image[b], image[a]];
      }
    }
  }
}

/** The order of one epoch: a permutation of 0 … count - 1 by Fisher and Yates's shuffle. */
export function shuffledOrder(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = uniform([seed, STREAM.shuffle, epoch], count);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random[i] * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * The batches of `source` as promises, each made in a task of its own: ask for the next batch before
 * a step, await it after, and it is made while the step awaits the GPU, or between two steps.
 *
 * No worker thread: with the pixels shared and the batch transferred, asking one and receiving its
 * answer took the main thread 0.9 to 1.1 ms, where making a batch of 64 at 32×32×1 there took 0.4 to
 * 0.6 ms (64×64×3: 2.3 to 3.3 against 1.9 to 2.6; two busy cores). A new epoch's order takes 20 ms.
 * A WGAN-GP critic step at 32×32×1, half width, takes about a fifth of a second on WASM with two threads.
 */
export function prefetched(source: BatchSource): (step: number) => Promise<Float32Array> {
  return (step) =>
    new Promise((resolve, reject) => {
      setTimeout(() => {
        try {
          resolve(source.batch(step));
        } catch (error) {
          reject(error);
        }
      });
    });
}
