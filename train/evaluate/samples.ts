import { latent } from "../../sampler/latent.ts";
import { normal } from "../../sampler/random.ts";
import type { Sampler } from "../../sampler/deno.ts";
import { Refusal } from "../refusal.ts";
import { STREAM } from "../streams.ts";

const BATCH = 64;

/**
 * `n` images of the random latents that `seed` and `stream` stand for, as bytes, [n, height, width, channels]. Throws a
 * Refusal where the generator gives NaN.
 */
export async function randomSamples(
  sampler: Sampler,
  n: number,
  seed: number,
  stream: number = STREAM.evaluation,
): Promise<Uint8Array> {
  const { latentSize } = sampler.card;
  return await samplesOf(sampler, n, (first, count) => {
    const z = normal([seed, stream, first / BATCH], BATCH * latentSize);
    return z.subarray(0, count * latentSize);
  });
}

/** The images of seeds 1 to `n`, as the site shows them. */
export async function seedSamples(sampler: Sampler, n: number): Promise<Uint8Array> {
  const { latentSize } = sampler.card;
  return await samplesOf(sampler, n, (first, count) => {
    const z = new Float32Array(count * latentSize);
    for (let i = 0; i < count; i++) z.set(latent(first + i + 1, latentSize), i * latentSize);
    return z;
  });
}

/** `n` images of the latents that `latents` gives for the next `count` of them. Throws as `randomSamples()` does. */
export async function samplesOf(
  sampler: Sampler,
  n: number,
  latents: (first: number, count: number) => Float32Array,
): Promise<Uint8Array> {
  const size = sampler.card.imageShape.reduce((a, b) => a * b, 1);
  const bytes = new Uint8Array(n * size);
  for (let first = 0; first < n; first += BATCH) {
    const count = Math.min(BATCH, n - first);
    const images = await sampler.images(latents(first, count), count);
    const bad = images.findIndex((v) => Number.isNaN(v));
    if (bad !== -1) {
      throw new Refusal(
        `"${sampler.card.id}" gives NaN (image ${first + Math.floor(bad / size)} of ${n}, number ` +
          `${bad % size}): it cannot be evaluated; export it again from an earlier checkpoint`,
      );
    }
    bytes.set(toBytes(images), first * size);
  }
  return bytes;
}

/** Image values in [-1, 1] as the site shows them (`kernels/assembly/sampler_image.ts`), all channels of a pixel and no alpha. */
export function toBytes(images: Float32Array): Uint8Array {
  const clamped = new Uint8ClampedArray(images.length);
  // A loop: from() with a function takes fifteen times as long, most of the time of a sample
  for (let i = 0; i < images.length; i++) clamped[i] = Math.round((images[i] + 1) * 127.5);
  return new Uint8Array(clamped.buffer);
}
