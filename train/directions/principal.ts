/** Directions that nobody named: where the generator's first layer answers most. */
import * as tf from "@tensorflow/tfjs-core";
import { EigenvalueDecomposition, Matrix, QrDecomposition } from "ml-matrix";
import { normal } from "../../sampler/random.ts";
import type { DenseStep } from "../../sampler/plan.ts";
import { STREAM } from "../streams.ts";
import { unit } from "./linear.ts";

/** A direction of length 1, and its share of the variance of the first layer's outputs. */
export interface Principal {
  readonly vector: number[];
  readonly strength: number;
}

/** The first layer of a generator: y = Mᵀz + bias, then a leaky ReLU unless `slope` is null. */
export type FirstLayer = Pick<DenseStep, "inputs" | "matrix" | "bias" | "slope">;

/**
 * SeFa (Shen and Zhou, arXiv:2007.06600): the unit vectors n that the first layer's weights A lengthen most,
 *
 *   argmax over n of ‖A n‖², which are the eigenvectors of AᵀA,
 *
 * the strongest `count`, with their share of the trace of AᵀA: for z from N(0, I) that is the share of the variance of A z.
 *
 * A is the convolution's weights with batch norm folded in. The paper has StyleGAN's style layer in mind, behind which no
 * norm stands; here a norm divides each channel by its own deviation, so that the bare weights would count a channel
 * by a size which the next layer never sees.
 */
export function sefa({ inputs, matrix }: FirstLayer, count: number): Principal[] {
  const rows = new Matrix(
    Array.from({ length: inputs }, (_, i) => {
      const outputs = matrix.length / inputs;
      return Array.from(matrix.subarray(i * outputs, (i + 1) * outputs));
    }),
  );
  return strongest(rows.mmul(rows.transpose()), count);
}

const PCA_SAMPLES = 8192;
const PCA_BATCH = 1024;
const PCA_PASSES = 3;

/**
 * GANSpace (Härkönen et al., arXiv:2004.02546): the principal components of the first layer's activations
 * y(z), mapped back to latents by regression. The paper solves U = argmin Σ ‖U xⱼ − zⱼ‖² for the components' coordinates xⱼ
 * of sampled zⱼ; as principal coordinates are uncorrelated, that gives column by column
 *
 *   uₖ ∝ E[z (y − E y)ᵀ] vₖ,  vₖ the k-th eigenvector of the covariance of y
 *
 * and `strength` is vₖ's share of the variance of y. There are thousands of activations and a hundred latents, so the
 * eigenvectors come from subspace iteration (Halko et al., arXiv:0909.4061, algorithm 4.4) begun at E[z yᵀ], which
 * holds all that is linear in z. `samples` latents are those of `seed`.
 */
export async function ganspace(
  { inputs, matrix, bias, slope }: FirstLayer,
  count: number,
  seed: number,
  samples = PCA_SAMPLES,
): Promise<Principal[]> {
  const outputs = bias.length;
  const weights = tf.tensor2d(matrix, [inputs, outputs]);
  const biases = tf.tensor1d(bias);
  /** Calls `each` with every batch's z [n, inputs] and y [n, outputs]; sums what it gives. */
  const total = async (each: (z: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor): Promise<number[]> => {
    let sum: Float64Array | undefined;
    for (let first = 0; first < samples; first += PCA_BATCH) {
      const n = Math.min(PCA_BATCH, samples - first);
      const part = tf.tidy(() => {
        const latents = normal([seed, STREAM.directionSamples, first / PCA_BATCH], n * inputs);
        const z = tf.tensor2d(latents, [n, inputs]);
        const y = tf.add(tf.matMul(z, weights), biases) as tf.Tensor2D;
        return each(z, slope === null ? y : tf.leakyRelu(y, slope));
      });
      const values = await part.data<"float32">();
      part.dispose();
      sum ??= new Float64Array(values.length);
      values.forEach((value, i) => sum![i] += value / samples);
    }
    return [...sum!];
  };
  try {
    const mean = await total((_, y) => tf.sum(y, 0));
    const meanRow = tf.tensor2d(mean, [1, outputs]);
    const centred = (y: tf.Tensor2D) => tf.sub(y, meanRow) as tf.Tensor2D;
    const linear = await total((z, y) => tf.matMul(z, centred(y), true)); // [inputs, outputs]
    const variance = await total((_, y) => tf.sum(tf.square(centred(y))));

    let basis = orthonormal(Matrix.from1DArray(inputs, outputs, linear).transpose());
    const width = basis.columns;
    const inBasis = async (each: (y: tf.Tensor2D, coordinates: tf.Tensor2D) => tf.Tensor) => {
      const b = tf.tensor2d(basis.to2DArray(), [outputs, width]);
      const found = await total((_, y) => {
        const c = centred(y);
        return each(c, tf.matMul(c, b));
      });
      b.dispose();
      return found;
    };
    for (let pass = 1; pass < PCA_PASSES; pass++) {
      const next = await inBasis((y, coordinates) => tf.matMul(y, coordinates, true));
      basis = orthonormal(Matrix.from1DArray(outputs, width, next));
    }
    const small = await inBasis((_, coordinates) => tf.matMul(coordinates, coordinates, true));
    meanRow.dispose();
    const covariance = Matrix.from1DArray(width, width, small);
    const back = Matrix.from1DArray(inputs, outputs, linear).mmul(basis); // [inputs, width]
    return eigenvectors(covariance).slice(0, count).map(({ vector, value }) => ({
      vector: facing(unit(back.mmul(Matrix.columnVector(vector)).to1DArray())),
      strength: value / variance[0],
    }));
  } finally {
    tf.dispose([weights, biases]);
  }
}

/** The strongest eigenvectors of a symmetric matrix, with their shares of its trace. */
function strongest(matrix: Matrix, count: number): Principal[] {
  const trace = matrix.trace();
  return eigenvectors(matrix).slice(0, count).map(({ vector, value }) => ({
    vector: facing(vector),
    strength: value / trace,
  }));
}

/** By falling eigenvalue. */
function eigenvectors(matrix: Matrix): { vector: number[]; value: number }[] {
  const symmetric = Matrix.add(matrix, matrix.transpose()).mul(0.5);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetric, {
    assumeSymmetric: true,
  });
  return realEigenvalues
    .map((value, i) => ({ value, vector: eigenvectorMatrix.getColumn(i) }))
    .sort((a, b) => b.value - a.value);
}

const orthonormal = (matrix: Matrix) => new QrDecomposition(matrix).orthogonalMatrix;

/** v or −v, whichever has its largest number positive: an eigenvector has no sign of its own. */
function facing(vector: number[]): number[] {
  const largest = vector.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
