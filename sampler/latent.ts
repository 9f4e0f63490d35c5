import { normal } from "./random.ts";

/** The stream of latents that a seed stands for; training draws from others (`train/streams.ts`). */
const LATENT_STREAM = 0;

/** The latent vector of a seed: `size` standard normal numbers, the same in training, Deno and every browser. */
export function latent(seed: number, size: number): Float32Array {
  return normal([seed, LATENT_STREAM, 0], size);
}
