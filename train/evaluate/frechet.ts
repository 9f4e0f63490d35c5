import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Mean and covariance of feature vectors, in float64. */
export interface Gaussian {
  readonly mean: Float64Array;
  /** Symmetric; with n − 1 in the denominator. */
  readonly covariance: Matrix;
}

/** The Gaussian through `features`, [n, width] with n of at least 2. */
export function gaussianOf(features: Float32Array, width: number): Gaussian {
  const n = features.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < features.length; i++) mean[i % width] += features[i] / n;

  const sums = Array.from({ length: width }, () => new Float64Array(width));
  const centred = new Float64Array(width);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < width; a++) centred[a] = features[i * width + a] - mean[a];
    for (let a = 0; a < width; a++) {
      const [row, value] = [sums[a], centred[a]];
      for (let b = 0; b <= a; b++) row[b] += value * centred[b];
    }
  }
  const covariance = Matrix.zeros(width, width);
  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      covariance.set(a, b, sums[a][b] / (n - 1));
      covariance.set(b, a, sums[a][b] / (n - 1));
    }
  }
  return { mean, covariance };
}

/**
 * The squared Fréchet distance of two Gaussians (Dowson and Landau 1982; arXiv:1706.08500, eq. 6):
 *
 *   ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½)
 *
 * The trace of the root is the sum of the roots of the eigenvalues of Σ₁^½ Σ₂ Σ₁^½, which is symmetric where Σ₁ Σ₂ is not:
 * so that two symmetric eigen-decompositions do, and nothing is ever complex. It is 0 for two equal ones.
 */
export function frechetDistance(a: Gaussian, b: Gaussian): number {
  const shift = a.mean.reduce((sum, v, i) => sum + (v - b.mean[i]) ** 2, 0);
  const root = squareRoot(a.covariance);
  const product = symmetric(root.mmul(b.covariance).mmul(root));
  const roots = eigen(product).realEigenvalues.reduce((sum, v) => sum + Math.sqrt(positive(v)), 0);
  return shift + a.covariance.trace() + b.covariance.trace() - 2 * roots;
}

function squareRoot(covariance: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix: vectors } = eigen(covariance);
  const roots = Matrix.diag(realEigenvalues.map((v) => Math.sqrt(positive(v))));
  return symmetric(vectors.mmul(roots).mmul(vectors.transpose()));
}

const eigen = (matrix: Matrix) => new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
/** What rounding has left of the symmetry, mended. */
const symmetric = (matrix: Matrix) => Matrix.add(matrix, matrix.transpose()).mul(0.5);
/** A covariance's eigenvalue is not negative, but a rounded 0 may be. */
const positive = (eigenvalue: number) => Math.max(0, eigenvalue);
