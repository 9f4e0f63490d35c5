import * as tf from "@tensorflow/tfjs-core";
import { batchNormLeakyRelu, biasLeakyRelu } from "../kernels/mod.ts";
import { initialiser, type Start } from "./initialise.ts";
import { type NetworkShape, scaled, SLOPE } from "./networks.ts";
import { EPSILON, layerNorm } from "./normalise.ts";
import type {
  Critic,
  CriticKind,
  Images,
  Judgement,
  Normalisation,
} from "./objectives/objective.ts";
import { STREAM } from "./streams.ts";

/** Numbers in an auto-encoder's code: few enough that it cannot copy an image of anything. */
export const CODE_SIZE = 64;

/** A critic and what it learns. */
export interface CriticNetwork {
  readonly weights: readonly tf.Variable[];
  readonly names: readonly string[];
  readonly judge: Critic;
  /** What the critic remembers of its last step beside its weights, if anything: a step measures it before it is used. */
  readonly remembered?: readonly tf.Variable[];
}

export interface CriticSettings {
  readonly kind: CriticKind;
  readonly normalisation: Normalisation;
  /** Units of a scorer's hidden layer at width 1; none unless told. */
  readonly hidden?: number;
  readonly start: Start;
}

/** Output channels of the strided convolutions that both kinds of critic begin with. */
export function criticChannels({ size, width }: NetworkShape): number[] {
  const blocks = Math.log2(size / 4);
  return [...Array(blocks).keys()].map((i) => scaled(256 / 2 ** (blocks - 1 - i), width));
}

/** What normalises the critic's layer `i`, counted from its input. */
export function normalisationAt(i: number, normalisation: Normalisation): Normalisation {
  if (normalisation === "batch-after-first") return i === 0 ? "none" : "batch";
  return i === 0 && normalisation === "batch-together" ? "none" : normalisation;
}

/** Units of a scorer's hidden layer, 0 for none. */
export const hiddenUnits = ({ width }: Pick<NetworkShape, "width">, hidden: number): number =>
  hidden > 0 ? scaled(hidden, width) : 0;

export function createCritic(shape: NetworkShape, settings: CriticSettings): CriticNetwork {
  return settings.kind === "score" ? scorer(shape, settings) : autoencoder(shape, settings);
}

/**
 * The article's discriminator. 64x64x3 at width 1:
 *
 *   64x64x3 → 32x32x32 → 16x16x64 → 8x8x128 → 4x4x256 → 1
 *
 * 3x3 convolutions of stride 2, `same`, each with a normalisation chosen by the recipe and leaky ReLU; then 4x4, `valid`.
 * 32x32 starts at 64 channels, 128x128 at 16. Everything in it differentiates twice.
 *
 * The article's score is a weighted sum of what sees a part of the image each, 15 of 32 pixels wide: whether the parts fit
 * together it cannot say. With `hidden`, the 4x4 convolution gives so many units, leaky, and the score is of these.
 */
function scorer(
  shape: NetworkShape,
  { normalisation, hidden = 0, start }: CriticSettings,
): CriticNetwork {
  const outputs = criticChannels(shape);
  const made = layers(start, normalisation);
  const { filter, zeros, block } = made;
  outputs.forEach((c, i) => block("", i, [3, 3, outputs[i - 1] ?? shape.channels, c], c));
  const units = hiddenUnits(shape, hidden);
  if (units > 0) {
    filter("hidden", [4, 4, outputs.at(-1)!, units]);
    zeros("hiddenBias", units);
  }
  filter("score", units > 0 ? [1, 1, units, 1] : [4, 4, outputs.at(-1)!, 1]);
  zeros("scoreBias", 1);

  return criticOf(made, (images) => {
    const read = reader(made, normalisation);
    let x = images;
    for (const _ of outputs) x = read.activate((filter) => tf.conv2d(x, filter, 2, "same"));
    const apply = (x: Images) => tf.conv2d(x, read.next() as tf.Tensor4D, 1, "valid");
    if (units > 0) x = biasLeakyRelu(apply(x), read.next(), SLOPE);
    const y = apply(x);
    return { score: tf.reshape(tf.add(y, read.next()), [-1]) as tf.Tensor1D };
  });
}

/**
 * EBGAN's critic (arXiv:1609.03126, section 2.1): an auto-encoder whose score is the energy of an image, the mean squared
 * error of its reconstruction over height, width and channels. 64x64x3 at width 1:
 *
 *   64x64x3 → 32x32x32 → 16x16x64 → 8x8x128 → 4x4x256 → code [64] → 4x4x256 → 8x8x128 → 16x16x64 → 32x32x32 → 64x64x3
 *
 * The encoder is the scorer's convolutions, the decoder mirrors it with transposed ones. Code and reconstruction are linear.
 */
function autoencoder(shape: NetworkShape, { normalisation, start }: CriticSettings): CriticNetwork {
  const { size, channels } = shape;
  const outputs = criticChannels(shape);
  const made = layers(start, normalisation);
  const { filter, zeros, block } = made;
  outputs.forEach((c, i) => block("encoder/", i, [3, 3, outputs[i - 1] ?? channels, c], c));
  filter("code", [4, 4, outputs.at(-1)!, CODE_SIZE]);
  zeros("codeBias", CODE_SIZE);
  const mirrored = outputs.toReversed(); // transposed filters are [height, width, out, in]
  block("decoder/", 0, [4, 4, mirrored[0], CODE_SIZE], mirrored[0]);
  mirrored.forEach((c, i) => i > 0 && block("decoder/", i, [3, 3, c, mirrored[i - 1]], c));
  filter("image", [3, 3, channels, outputs[0]]);
  zeros("imageBias", channels);

  return criticOf(made, (images) => {
    const read = reader(made, normalisation);
    const batch = images.shape[0];
    let x = images;
    for (const _ of outputs) x = read.activate((filter) => tf.conv2d(x, filter, 2, "same"));
    const code = tf.add(tf.conv2d(x, read.next() as tf.Tensor4D, 1, "valid"), read.next());
    x = code as Images;
    mirrored.forEach((c, i) => {
      const side = 4 * 2 ** i;
      const [stride, pad] = i === 0 ? [1, "valid" as const] : [2, "same" as const];
      x = read.activate(
        (filter) => tf.conv2dTranspose(x, filter, [batch, side, side, c], stride, pad),
        [-1, 1],
      );
    });
    const filter = read.next() as tf.Tensor4D;
    const drawn = tf.conv2dTranspose(x, filter, [batch, size, size, channels], 2, "same");
    const difference = tf.squaredDifference(tf.add(drawn, read.next()), images);
    return {
      score: tf.mean(difference, [1, 2, 3]) as tf.Tensor1D,
      code: tf.reshape(code, [batch, CODE_SIZE]) as tf.Tensor2D,
    };
  });
}

/** Moments of real and generated images together, of each block that has them, and whether they are being measured. */
interface Memory {
  readonly blocks: { readonly mean: tf.Variable; readonly variance: tf.Variable }[];
  measures: boolean;
}

/** The initialiser, and a block of it: a filter with its normalisation's gain, if any, and bias. */
function layers(start: Start, normalisation: Normalisation) {
  const init = initialiser(start, STREAM.criticWeights);
  const memory: Memory = { blocks: [], measures: false };
  const variable = (t: tf.Tensor) => tf.tidy(() => tf.variable(t, false));
  let made = 0;
  return {
    ...init,
    memory,
    block(part: string, i: number, shape: number[], channels: number) {
      init.filter(`${part}conv${i}`, shape);
      const own = normalisationAt(made++, normalisation);
      if (own !== "none") init.gain(`${part}gamma${i}`, channels);
      if (own === "batch-together") {
        const [mean, variance] = [tf.zeros([channels]), tf.ones([channels])].map(variable);
        memory.blocks.push({ mean, variance });
      }
      init.zeros(`${part}beta${i}`, channels);
    },
  };
}

type Layers = ReturnType<typeof layers>;

/** The critic that `judge` is; with a memory, it judges together, which is when it measures. */
function criticOf({ weights, names, memory }: Layers, judge: Critic): CriticNetwork {
  if (memory.blocks.length === 0) return { weights, names, judge };
  const together = (x: Images, Gz: Images): [Judgement, Judgement] => {
    memory.measures = true;
    try {
      const { score, code } = judge(tf.concat([x, Gz]));
      const counts = [x.shape[0], Gz.shape[0]];
      const [real, fake] = tf.split(score, counts) as tf.Tensor1D[];
      const [codeOfReal, codeOfFake] = code ? tf.split(code, counts) as tf.Tensor2D[] : [];
      return [{ score: real, code: codeOfReal }, { score: fake, code: codeOfFake }];
    } finally {
      memory.measures = false;
    }
  };
  const remembered = memory.blocks.flatMap(({ mean, variance }) => [mean, variance]);
  return { weights, names, judge: Object.assign(judge, { together }), remembered };
}

/** Reads the weights in the order in which they were made. */
function reader({ weights, memory }: Layers, normalisation: Normalisation) {
  let index = 0, blocks = 0, measured = 0;
  const next = () => weights[index++];
  return {
    next,
    /**
     * A block: what `convolve` makes of the next filter, normalised, through leaky ReLU. `perOutput` is the shape of one
     * number an output channel beside a filter.
     */
    activate(convolve: (filter: tf.Tensor4D) => tf.Tensor4D, perOutput = [-1]): Images {
      const filter = next() as tf.Tensor4D;
      const own = normalisationAt(blocks++, normalisation);
      if (own === "none") return biasLeakyRelu(convolve(filter), next(), SLOPE);
      const [gamma, beta] = [next(), next()];
      if (own === "layer") return tf.leakyRelu(layerNorm(convolve(filter), gamma, beta), SLOPE);
      const kept = own === "batch-together" ? memory.blocks[measured++] : undefined;
      if (kept && !memory.measures) {
        // The norm by given moments is a factor and an addend a channel: the factor goes into the filter.
        const factor = tf.mul(gamma, tf.rsqrt(tf.add(kept.variance, EPSILON)));
        const addend = tf.sub(beta, tf.mul(kept.mean, factor));
        return biasLeakyRelu(
          convolve(tf.mul(filter, tf.reshape(factor, perOutput))),
          addend,
          SLOPE,
        );
      }
      const settings = { epsilon: EPSILON, alpha: SLOPE };
      const { y, mean, variance } = batchNormLeakyRelu(convolve(filter), gamma, beta, settings);
      kept?.mean.assign(mean);
      kept?.variance.assign(variance);
      return y;
    },
  };
}
