/** The latent vectors that a view names. */

import { latent, lerp, slerp, truncate } from "../../sampler/latent.ts";
import { moved } from "../../sampler/directions.ts";
import { sheet, spline } from "../../sampler/paths.ts";
import { CORNERS, type Moves, type PathKind, type Pins, type Point, type View } from "./view.ts";

/** The model's directions by id: vectors of length 1. */
export type Vectors = ReadonlyMap<string, readonly number[]>;

export const NO_VECTORS: Vectors = new Map();

export const BETWEEN = { lerp, slerp };

/** The latent vector of one point, before truncation. Directions that the model does not have are passed over. */
export function pointLatent(
  { seed, moves, pins }: Point,
  latentSize: number,
  vectors: Vectors = NO_VECTORS,
): Float32Array {
  return finished(latent(seed, latentSize), { moves, pins }, vectors);
}

/** Whether the current sample cannot be known without the model's directions. */
export function needsVectors({ moves, t, ...corners }: View): boolean {
  const used = t === null ? [moves] : [moves, ...CORNERS.map((name) => corners[name].moves)];
  return used.some((moves) => Object.keys(moves).length > 0);
}

/**
 * The latent vector of the current sample: the seed's, the one between the corners or the one on the
 * walk, truncated, then moved along directions. What was set by hand stays as it was set.
 */
export function viewLatent(
  view: View,
  latentSize: number,
  vectors: Vectors = NO_VECTORS,
): Float32Array {
  return finished(truncate(baseLatent(view, latentSize, vectors), view.truncation), view, vectors);
}

/** A truncated latent with what a view changes of it. */
export function finished(
  z: Float32Array,
  { moves, pins }: Pick<Point, "moves" | "pins">,
  vectors: Vectors,
): Float32Array {
  return pinned(shifted(z, moves, vectors), pins);
}

function baseLatent(view: View, latentSize: number, vectors: Vectors): Float32Array {
  if (view.t !== null) {
    return sheet(cornerLatents(view, latentSize, vectors), view.t, view.v, BETWEEN[view.path]);
  }
  if (view.walk !== null) return walkLatent(view.seed, view.walk, latentSize);
  return latent(view.seed, latentSize);
}

/** The latents of A, B, C and D. */
export function cornerLatents(
  view: View,
  latentSize: number,
  vectors: Vectors = NO_VECTORS,
): [Float32Array, Float32Array, Float32Array, Float32Array] {
  const [a, b, c, d] = CORNERS.map((name) => pointLatent(view[name], latentSize, vectors));
  return [a, b, c, d];
}

/** A smooth way from a seed's latent vector through those of the seeds that follow it. */
export function walkLatent(seed: number, position: number, latentSize: number): Float32Array {
  return spline((index) => latent((seed + index) >>> 0, latentSize), position);
}

/** Latents between A and B, ends included: a strip of pictures. */
export function pathLatents(
  [a, b]: readonly Float32Array[],
  kind: PathKind,
  count: number,
): Float32Array[] {
  return Array.from({ length: count }, (_, i) => BETWEEN[kind](a, b, i / (count - 1)));
}

function shifted(z: Float32Array, moves: Moves, vectors: Vectors): Float32Array {
  return moved(
    z,
    Object.entries(moves).flatMap(([id, offset]) => {
      const vector = vectors.get(id);
      return vector ? [{ vector, offset }] : [];
    }),
  );
}

function pinned(z: Float32Array, pins: Pins): Float32Array {
  for (const [dimension, value] of Object.entries(pins)) z[Number(dimension)] = value;
  return z;
}
