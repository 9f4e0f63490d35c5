/** A value is missing when it has under this part of its real share. */
const MISSING = 0.1;

/** The share of each of `values` values among `labels`. */
export function shares(labels: Uint8Array, values: number): number[] {
  const counts = new Array<number>(values).fill(0);
  labels.forEach((label) => counts[label]++);
  return counts.map((count) => count / labels.length);
}

/** Total variation distance, ½ Σ |pᵢ − qᵢ|: the share that would have to move to make one of the other. */
export function totalVariation(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, share, i) => sum + Math.abs(share - q[i]), 0) / 2;
}

/** The values that have under a tenth of their real share. */
export function missingValues(found: readonly number[], real: readonly number[]): number[] {
  return found.flatMap((share, i) => share < MISSING * real[i] ? [i] : []);
}
