/** Directions by linear regression on labelled latents. Plain arrays in float64. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";

/** Latents, one after the other. */
export interface Latents {
  readonly z: Float32Array;
  readonly latentSize: number;
}

/**
 * The least-squares slope of each target on z, of length 1:
 *
 *   w = (Σ z zᵀ)⁻¹ Σ z (t − mean t)
 *
 * For z from N(0, I) this is, up to its length, the mean gradient of what the target is a sample of (Stein's lemma,
 * E[z f(z)] = E[∇f(z)]), and of the boundary that discriminant analysis draws between yes and no; a target of 0 and 1
 * needs no more. `targets` have a number a latent.
 *
 * InterFaceGAN (arXiv:1907.10786) fits a support vector machine to the most certain samples instead; this has a closed form,
 * one factor of which serves all targets.
 */
export function slopes(
  { z, latentSize }: Latents,
  targets: readonly ArrayLike<number>[],
): number[][] {
  const count = z.length / latentSize;
  const gram = Array.from({ length: latentSize }, () => new Float64Array(latentSize));
  for (let i = 0; i < count; i++) {
    const row = z.subarray(i * latentSize, (i + 1) * latentSize);
    for (let a = 0; a < latentSize; a++) {
      const [sums, value] = [gram[a], row[a]];
      for (let b = 0; b <= a; b++) sums[b] += value * row[b];
    }
  }
  const symmetric = Matrix.zeros(latentSize, latentSize);
  gram.forEach((sums, a) =>
    sums.subarray(0, a + 1).forEach((sum, b) => {
      symmetric.set(a, b, sum);
      symmetric.set(b, a, sum);
    })
  );
  const root = new CholeskyDecomposition(symmetric);
  return targets.map((target) => {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += target[i] / count;
    const sums = new Float64Array(latentSize);
    for (let i = 0; i < count; i++) {
      const difference = target[i] - mean;
      for (let a = 0; a < latentSize; a++) sums[a] += difference * z[i * latentSize + a];
    }
    return unit(root.solve(Matrix.columnVector([...sums])).to1DArray());
  });
}

/** Below this part of its length, what is left of a vector after a projection is rounding. */
const NOTHING_LEFT = 1e-6;

/**
 * Conditional projection (InterFaceGAN, "conditional manipulation"): what is left of `direction` when all that lies along `others` is
 * taken away, as a unit vector. Moving along it leaves what the others stand for where it was, as far as both are linear.
 * Null where nothing is left.
 */
export function projected(
  direction: readonly number[],
  others: readonly number[][],
): number[] | null {
  const basis: number[][] = [];
  for (const other of others) {
    const rest = without(other, basis);
    if (Math.hypot(...rest) > NOTHING_LEFT * Math.hypot(...other)) basis.push(unit(rest));
  }
  const rest = without(direction, basis);
  return Math.hypot(...rest) > NOTHING_LEFT * Math.hypot(...direction) ? unit(rest) : null;
}

/** `vector` without its parts along an orthonormal `basis`; twice, since once leaves rounding behind (Gram-Schmidt). */
function without(vector: readonly number[], basis: readonly number[][]): number[] {
  const rest = [...vector];
  for (let pass = 0; pass < 2; pass++) {
    for (const b of basis) {
      const along = dot(rest, b);
      b.forEach((value, i) => rest[i] -= along * value);
    }
  }
  return rest;
}

/** Yes, no, or neither: 1, 0, −1. */
export type Sides = Int8Array;

/** Half of what lies between the mean latents of no and of yes: how far either is from their middle. */
export function halfway({ z, latentSize, sides }: Latents & { readonly sides: Sides }): number[] {
  const counts = [0, 0];
  sides.forEach((side) => side < 0 || counts[side]++);
  const half = new Float64Array(latentSize);
  sides.forEach((side, i) => {
    if (side < 0) return;
    const weight = (side - 0.5) / counts[side];
    for (let a = 0; a < latentSize; a++) half[a] += weight * z[i * latentSize + a];
  });
  return [...half];
}

/**
 * How well `direction` alone tells yes from no on latents that it was not found on: the mean of the shares of both that
 * lie on their side of a threshold, which is midway between the means of the `training` latents. 0.5 is chance.
 */
export function balancedAccuracy(
  direction: readonly number[],
  training: Latents & { readonly sides: Sides },
  heldOut: Latents & { readonly sides: Sides },
): number {
  const sums = [0, 0];
  const counts = [0, 0];
  along(direction, training).forEach((position, i) => {
    const side = training.sides[i];
    if (side < 0) return;
    sums[side] += position;
    counts[side]++;
  });
  const threshold = (sums[0] / counts[0] + sums[1] / counts[1]) / 2;
  const right = [0, 0];
  const seen = [0, 0];
  along(direction, heldOut).forEach((position, i) => {
    const side = heldOut.sides[i];
    if (side < 0) return;
    seen[side]++;
    if ((position > threshold ? 1 : 0) === side) right[side]++;
  });
  return (right[0] / seen[0] + right[1] / seen[1]) / 2;
}

/** Where each latent stands along a direction. */
function along(direction: readonly number[], { z, latentSize }: Latents): Float64Array {
  return Float64Array.from({ length: z.length / latentSize }, (_, i) => {
    let sum = 0;
    for (let a = 0; a < latentSize; a++) sum += direction[a] * z[i * latentSize + a];
    return sum;
  });
}

/** A vector's direction. */
export function unit(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** A vector as it is written: its length stays within 0.3 % of 1. */
export const short = (vector: readonly number[]) =>
  vector.map((number) => Number(number.toFixed(3)));

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);
