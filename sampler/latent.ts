/** Latent vectors: where they come from and what lies between two of them. Pure functions of Float32Arrays. */

import { normal } from "./random.ts";

/** The stream of latents that a seed stands for; training draws from others (`train/streams.ts`). */
const LATENT_STREAM = 0;

/** Nearer than this to one line (in radians), two directions are lerped: slerp would divide by almost 0. */
const PARALLEL = 1e-4;

/** The latent vector of a seed: `size` standard normal numbers, the same in training, Deno and every browser. */
export function latent(seed: number, size: number): Float32Array {
  return normal([seed, LATENT_STREAM, 0], size);
}

/** (1 − t)·a + t·b. `t` outside [0, 1] goes on along the line. Throws a RangeError on different lengths. */
export function lerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  requireSameLength(a, b);
  return a.map((value, i) => (1 - t) * value + t * b[i]);
}

/**
 * Spherical interpolation (Shoemake 1985; White, arXiv:1609.04468, for latents): a at t = 0, b at
 * t = 1, and in between the direction turns evenly through the angle θ between a and b:
 *
 *   sin((1 − t)θ)/sin θ · a + sin(tθ)/sin θ · b
 *
 * Unlike lerp, which cuts the corner, it keeps to the lengths that a normal latent has. `t` outside
 * [0, 1] goes on turning. Where θ says no way to turn, the straight line is taken: parallel vectors,
 * exactly opposite ones (the line passes through 0, as no great circle is preferred), a vector of
 * length 0. Throws a RangeError on different lengths.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  requireSameLength(a, b);
  const lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  if (lengths === 0) return lerp(a, b, t);
  const theta = Math.acos(Math.max(-1, Math.min(1, dot(a, b) / lengths)));
  if (theta < PARALLEL || theta > Math.PI - PARALLEL) return lerp(a, b, t);
  const fromA = Math.sin((1 - t) * theta) / Math.sin(theta);
  const fromB = Math.sin(t * theta) / Math.sin(theta);
  return a.map((value, i) => fromA * value + fromB * b[i]);
}

/**
 * Truncation: ψ·z, 0 ≤ ψ ≤ 1. Nearer to the origin, where the generator was trained most densely,
 * images are more typical and less varied; ψ = 1 leaves z alone, ψ = 0 gives the one image of the origin.
 *
 * A departure from the truncation trick of BigGAN (arXiv:1809.11096, section 3.1), which draws numbers
 * beyond a threshold again: scaling moves every slider smoothly, as StyleGAN's truncation does
 * (arXiv:1812.04948, appendix B; its mean latent is our origin).
 */
export function truncate(z: Float32Array, psi: number): Float32Array {
  if (!(psi >= 0 && psi <= 1)) throw new RangeError(`truncation must be from 0 to 1, it is ${psi}`);
  return z.map((value) => psi * value);
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function requireSameLength(a: Float32Array, b: Float32Array): void {
  if (a.length !== b.length) {
    throw new RangeError(`two latents of one length are needed, found ${a.length} and ${b.length}`);
  }
}
