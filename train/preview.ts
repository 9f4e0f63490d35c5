import * as tf from "@tensorflow/tfjs-core";
import { latent } from "../sampler/latent.ts";
import type { FrozenGenerator } from "./average.ts";
import type { NetworkShape } from "./networks.ts";
import { gridPng } from "./png.ts";

/**
 * A sample grid as PNG: the latents of seeds 1 to columns², the same at every step of a run and on the site, so that
 * pictures of different steps can be laid side by side.
 */
export async function sampleGrid(
  generator: FrozenGenerator,
  { size, channels, latentSize }: NetworkShape,
  { columns, scale }: { columns: number; scale: number },
): Promise<Uint8Array> {
  const count = columns ** 2;
  const seeds = [...Array(count).keys()].map((i) => i + 1);
  const z = tf.tidy(() =>
    tf.stack(seeds.map((seed) => tf.tensor1d(latent(seed, latentSize)))) as tf.Tensor2D
  );
  const images = generator.infer(z);
  const pixels = await images.data<"float32">();
  tf.dispose([z, images]);
  return gridPng(pixels, { count, height: size, width: size, channels, columns, scale });
}
