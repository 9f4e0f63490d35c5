/** Closed ways through latent space, frame by frame: what an exported loop shows. */

import { latent, truncate } from "../../sampler/latent.ts";
import { loop } from "../../sampler/paths.ts";
import type { LoopKind, View } from "./view.ts";
import { cornerLatents, finished, type Vectors } from "./view_latent.ts";

/** A walk's loop goes through so many seeds, from the current one. */
export const LOOP_SEEDS = 4;

/**
 * The latents of a loop's `count` frames, the last of which leads on to the first: from A to B and
 * back, around the four corners, or through the current seed and those after it. Truncation,
 * directions and what was set by hand hold all the way.
 */
export function loopLatents(
  view: View,
  kind: LoopKind,
  count: number,
  latentSize: number,
  vectors: Vectors,
): Float32Array[] {
  const points = pointsOf(view, kind, latentSize, vectors);
  return Array.from(
    { length: count },
    (_, i) => finished(truncate(loop(points, i / count), view.truncation), view, vectors),
  );
}

function pointsOf(view: View, kind: LoopKind, latentSize: number, vectors: Vectors) {
  if (kind === "seeds") {
    return Array.from({ length: LOOP_SEEDS }, (_, i) => latent((view.seed + i) >>> 0, latentSize));
  }
  const [a, b, c, d] = cornerLatents(view, latentSize, vectors);
  return kind === "ends" ? [a, b] : [a, b, d, c]; // around, not across
}
