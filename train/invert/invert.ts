import * as tf from "@tensorflow/tfjs-core";
import { normal } from "../../sampler/random.ts";
import { STREAM } from "../streams.ts";
import type { DifferentiableGenerator } from "./differentiable.ts";

/** How hard to look. */
export interface Effort {
  /** Random latents whose images are compared with each target; descents begin at the nearest of them. */
  readonly candidates: number;
  /** Descents that begin for each target. */
  readonly starts: number;
  /** Steps of the one that goes to the end. */
  readonly steps: number;
}

export const EFFORT: Effort = { candidates: 512, starts: 4, steps: 200 };
/** After this part of the steps the best of a target's descents goes on alone: the others seldom overtake it. */
const TRIAL = 1 / 4;

/** What came nearest to a target. */
export interface Inversion {
  readonly z: Float32Array;
  /** Root of the mean squared difference of all pixels and channels, which are in [-1, 1]. */
  readonly rmse: number;
  /** The generator's image of z, [height, width, channels]. */
  readonly image: Float32Array;
}

// Adam (arXiv:1412.6980) with its usual constants. A latent's numbers are about 1 in size, so that the first steps may be
// long; they end short, by half a cosine, where a long one would leap over the minimum.
const RATE = 0.1;
const [BETA1, BETA2, EPSILON] = [0.9, 0.999, 1e-8];
const BATCH = 64;

/**
 * The latent vectors whose images are nearest to `targets`, [count, height, width, channels] in [-1, 1]:
 *
 *   z* = argmin over z of mean (G(z) − x)²
 *
 * by gradient descent through the generator from several starts (Zhu et al., arXiv:1609.03552, section 3.1, without their
 * encoder): the nearest of some random latents, since the loss has many minima. Runs on tfjs's current backend, in
 * browsers, too. `onProgress` hears how much is done, from 0 to 1. Throws a RangeError where `targets` do not fit.
 */
export async function invert(
  generator: DifferentiableGenerator,
  targets: Float32Array,
  { candidates, starts, steps }: Effort = EFFORT,
  onProgress: (done: number) => void = () => {},
): Promise<Inversion[]> {
  const size = generator.imageShape.reduce((a, b) => a * b, 1);
  if (targets.length === 0 || targets.length % size !== 0) {
    throw new RangeError(
      `targets must hold images of ${size} numbers (${generator.imageShape.join("x")}), ` +
        `they hold ${targets.length}`,
    );
  }
  const count = targets.length / size;
  const first = await nearestLatents(generator, targets, candidates, starts);
  const found: Inversion[] = [];
  const perBatch = Math.max(1, Math.floor(BATCH / starts)); // targets
  const row = starts * generator.latentSize;
  for (let from = 0; from < count; from += perBatch) {
    const to = Math.min(count, from + perBatch);
    const wanted = targets.subarray(from * size, to * size);
    const trial = Math.ceil(TRIAL * steps);
    const tell = (step: number) => onProgress((from + (to - from) * step / steps) / count);
    const began = first.subarray(from * row, to * row);
    const tried = await descend(generator, began, wanted, { first: 0, last: trial, steps }, tell);
    const begun = best(tried, to - from).flatMap(({ z }) => [...z]);
    const rest = { first: trial, last: steps, steps };
    found.push(
      ...best(
        await descend(generator, Float32Array.from(begun), wanted, rest, tell),
        to - from,
      ),
    );
  }
  return found;
}

/** Of each of `count` targets the descent with the least error. */
function best({ z, images, errors }: Descent, count: number): Inversion[] {
  const starts = errors.length / count;
  const [latentSize, size] = [z.length / errors.length, images.length / errors.length];
  return Array.from({ length: count }, (_, i) => {
    const own = errors.subarray(i * starts, (i + 1) * starts);
    const at = i * starts + own.indexOf(own.reduce((a, b) => Math.min(a, b), Infinity));
    return {
      z: z.slice(at * latentSize, (at + 1) * latentSize),
      rmse: Math.sqrt(errors[at]),
      image: images.slice(at * size, (at + 1) * size),
    };
  });
}

/** For each target the `starts` of `candidates` random latents whose images are nearest, one after the other. */
async function nearestLatents(
  { latentSize, imageShape, images }: DifferentiableGenerator,
  targets: Float32Array,
  candidates: number,
  starts: number,
): Promise<Float32Array> {
  const size = imageShape.reduce((a, b) => a * b, 1);
  const count = targets.length / size;
  const z = normal([1, STREAM.inversionStarts, 0], candidates * latentSize);
  const distances = new Float32Array(count * candidates);
  const wanted = tf.tensor2d(targets, [count, size]);
  try {
    for (let first = 0; first < candidates; first += BATCH) {
      const n = Math.min(BATCH, candidates - first);
      const part = z.subarray(first * latentSize, (first + n) * latentSize);
      // ‖x‖² is the same for all candidates, and left out of ‖G(z) − x‖².
      const compared = tf.tidy(() => {
        const drawn = tf.reshape(images(tf.tensor2d(part, [n, latentSize])), [n, size]);
        const lengths = tf.sum(tf.square(drawn), 1);
        return tf.sub(lengths, tf.mul(2, tf.matMul(wanted, drawn, false, true)));
      });
      const values = await compared.data<"float32">();
      compared.dispose();
      for (let i = 0; i < count; i++) {
        distances.set(values.subarray(i * n, (i + 1) * n), i * candidates + first);
      }
    }
  } finally {
    wanted.dispose();
  }
  const chosen = new Float32Array(count * starts * latentSize);
  for (let i = 0; i < count; i++) {
    const own = distances.subarray(i * candidates, (i + 1) * candidates);
    const order = [...own.keys()].sort((a, b) => own[a] - own[b]);
    for (let s = 0; s < starts; s++) {
      const at = order[s % candidates];
      const latent = z.subarray(at * latentSize, (at + 1) * latentSize);
      chosen.set(latent, (i * starts + s) * latentSize);
    }
  }
  return chosen;
}

/** Where descents arrived: a row of each for every start, and the mean squared error of each. */
interface Descent {
  readonly z: Float32Array;
  readonly images: Float32Array;
  readonly errors: Float32Array;
}

/** Steps `first` + 1 to `last` of `steps` from `began`, which has as many rows for each target, one after the other. */
async function descend(
  { latentSize, imageShape, images }: DifferentiableGenerator,
  began: Float32Array,
  targets: Float32Array,
  { first, last, steps }: { first: number; last: number; steps: number },
  onStep: (step: number) => void,
): Promise<Descent> {
  const z = began.slice();
  const rows = z.length / latentSize;
  const count = targets.length / imageShape.reduce((a, b) => a * b, 1);
  const x = tf.tidy(() => {
    const each = tf.tensor(targets, [count, 1, ...imageShape]);
    return tf.reshape(tf.tile(each, [1, rows / count, 1, 1, 1]), [rows, ...imageShape]);
  });
  const errorsOf = (drawn: tf.Tensor) => tf.mean(tf.squaredDifference(drawn, x), [1, 2, 3]);
  const gradient = tf.grad((z) => tf.sum(errorsOf(images(z as tf.Tensor2D))));
  const [mean, square] = [new Float32Array(z.length), new Float32Array(z.length)];
  try {
    for (let step = first + 1; step <= last; step++) {
      const slope = tf.tidy(() => gradient(tf.tensor2d(z, [rows, latentSize])));
      const g = await slope.data<"float32">(); // an await each step: a page stays alive
      slope.dispose();
      const rate = RATE * (1 + Math.cos(Math.PI * (step - 1) / steps)) / 2;
      const age = step - first;
      for (let i = 0; i < z.length; i++) {
        mean[i] = BETA1 * mean[i] + (1 - BETA1) * g[i];
        square[i] = BETA2 * square[i] + (1 - BETA2) * g[i] ** 2;
        const m = mean[i] / (1 - BETA1 ** age);
        const v = square[i] / (1 - BETA2 ** age);
        z[i] -= rate * m / (Math.sqrt(v) + EPSILON);
      }
      onStep(step);
    }
    const [drawn, errors] = tf.tidy(() => {
      const drawn = images(tf.tensor2d(z, [rows, latentSize]));
      return [drawn, errorsOf(drawn)];
    });
    const values = {
      images: await drawn.data<"float32">(),
      errors: await errors.data<"float32">(),
    };
    tf.dispose([drawn, errors]);
    return { z, ...values };
  } finally {
    x.dispose();
  }
}
