import { eachRow, smallest } from "./distances.ts";

/** Neighbours that make an image's ball. */
export const NEIGHBOURS = 5;

/** A set of images as the metrics below see it: around each image a ball that reaches to its fifth nearest neighbour. */
export interface Manifold {
  readonly count: number;
  readonly width: number;
  /** [count, width]. */
  readonly features: Float32Array;
  /** Squared radius of each ball. */
  readonly radii: Float32Array;
}

/** The balls of `features`, [n, width] with n above `k`. */
export async function manifoldOf(
  features: Float32Array,
  width: number,
  k = NEIGHBOURS,
): Promise<Manifold> {
  const count = features.length / width;
  const radii = new Float32Array(count);
  await eachRow(features, features, width, (row, distances) => {
    radii[row] = smallest(distances, k, row)[k - 1].value;
  });
  return { count, width, features, radii };
}

export interface Overlap {
  /** Share of the generated images in at least one real ball: are they like real ones? */
  readonly precision: number;
  /** Share of the real images in at least one generated ball: is all that is real made? */
  readonly recall: number;
  /** In how many real balls a generated image is, over k, on average: precision that an outlier's large ball cannot feign. */
  readonly density: number;
  /** Share of the real balls that hold a generated image: recall that depends on real balls alone. */
  readonly coverage: number;
}

/**
 * Precision and recall (arXiv:1904.06991, eq. 1 to 3), density and coverage (arXiv:2002.09797, eq. 4 and 5) of generated
 * images, with `k` as the manifolds were made with. An image at exactly a ball's radius is inside.
 */
export async function overlap(
  real: Manifold,
  generated: Manifold,
  k = NEIGHBOURS,
): Promise<Overlap> {
  const recalled = new Uint8Array(real.count);
  const covered = new Uint8Array(real.count);
  let [precise, inside] = [0, 0];
  await eachRow(generated.features, real.features, real.width, (row, distances) => {
    const radius = generated.radii[row];
    let balls = 0;
    for (let i = 0; i < distances.length; i++) {
      const distance = distances[i];
      if (distance <= real.radii[i]) {
        balls++;
        covered[i] = 1;
      }
      if (distance <= radius) recalled[i] = 1;
    }
    if (balls > 0) precise++;
    inside += balls;
  });
  const share = (flags: Uint8Array) => flags.reduce((sum, flag) => sum + flag, 0) / real.count;
  return {
    precision: precise / generated.count,
    recall: share(recalled),
    density: inside / (k * generated.count),
    coverage: share(covered),
  };
}
