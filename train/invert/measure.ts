import { latent } from "../../sampler/latent.ts";
import type { Sampler } from "../../sampler/deno.ts";
import { gridPng } from "../png.ts";
import type { Inversion } from "./invert.ts";

/** Nearer than this, an image has come back. */
export const NEAR = 0.1;
/** The generator's own images are those of seeds from here on: the site shows seeds 1 to 100. */
const FIRST_SEED = 1001;
/** Real images that are pictured, at even steps from the nearest to the farthest. */
const PICTURED = 10;

/** How near images come: root mean squared errors, of pixels in [-1, 1]. */
export interface Distribution {
  readonly n: number;
  /** How many are below NEAR. */
  readonly near: number;
  /** The smallest, the quartiles, the tenth from the top and the largest. */
  readonly least: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
  readonly ninth: number;
  readonly most: number;
}

/** A model's reconstructions, as docs/reconstruction/<id>.json keeps them. */
export interface Reconstruction {
  readonly id: string;
  readonly dataset: string;
  readonly own: Distribution;
  readonly real: Distribution;
  readonly seconds: number;
}

/** `count` images that the generator made itself, as a visitor would see them before they become bytes. */
export async function ownImages(sampler: Sampler, count: number): Promise<Float32Array> {
  const { latentSize } = sampler.card;
  const z = new Float32Array(count * latentSize);
  for (let i = 0; i < count; i++) z.set(latent(FIRST_SEED + i, latentSize), i * latentSize);
  return await sampler.images(z, count);
}

export function distributionOf(found: readonly Inversion[]): Distribution {
  const sorted = found.map(({ rmse }) => rmse).sort((a, b) => a - b);
  const at = (share: number) => short(sorted[Math.round(share * (sorted.length - 1))]);
  return {
    n: sorted.length,
    near: sorted.filter((rmse) => rmse < NEAR).length,
    ...{ least: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), ninth: at(0.9) },
    most: at(1),
  };
}

/** Two rows: images from the nearest to the farthest, and below each what the generator makes of it. */
export function comparison(
  targets: Float32Array,
  found: readonly Inversion[],
  [height, width, channels]: readonly [number, number, 1 | 3],
): Uint8Array {
  const size = height * width * channels;
  const order = [...found.keys()].sort((a, b) => found[a].rmse - found[b].rmse);
  const columns = Math.min(PICTURED, found.length);
  const sheet = new Float32Array(2 * columns * size);
  for (let i = 0; i < columns; i++) {
    const at = order[Math.round(i * (found.length - 1) / Math.max(1, columns - 1))];
    sheet.set(targets.subarray(at * size, (at + 1) * size), i * size);
    sheet.set(found[at].image, (columns + i) * size);
  }
  return gridPng(sheet, { count: 2 * columns, height, width, channels, columns, gap: 2 });
}

const short = (value: number) => Number(value.toFixed(3));
