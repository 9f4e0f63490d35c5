import { eachRow, smallest } from "./distances.ts";

/** Its nearest neighbours among other images, by feature: which they are, and how far the nearest is. */
export interface Nearest {
  readonly indices: readonly number[];
  /** Euclidean. */
  readonly distance: number;
}

/** The `k` nearest of `candidates` [m, width] to each of `features` [n, width]. */
export async function nearestOf(
  features: Float32Array,
  candidates: Float32Array,
  width: number,
  k: number,
): Promise<Nearest[]> {
  const found: Nearest[] = [];
  await eachRow(features, candidates, width, (_, distances) => {
    const near = smallest(distances, k);
    found.push({
      indices: near.map(({ index }) => index),
      distance: Math.sqrt(near[0].value),
    });
  });
  return found;
}

/** The median of their distances: near 0 where images are copies. */
export function medianDistance(nearest: readonly Nearest[]): number {
  const sorted = nearest.map(({ distance }) => distance).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
