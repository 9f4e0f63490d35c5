import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Directions, moved } from "../../sampler/directions.ts";
import type { Sampler } from "../../sampler/deno.ts";
import { latent } from "../../sampler/latent.ts";
import { replaceFolder } from "../atomic.ts";
import { gridPng } from "../png.ts";

/** Where the pictures of docs/directions.md are, a folder a model. */
export const picturesFolder: string = fileURLToPath(
  new URL("../../docs/directions/", import.meta.url),
);
/** Standard deviations, a column each. */
export const OFFSETS: readonly number[] = [-3, -2, -1, 0, 1, 2, 3];
/** A row each. */
export const SEEDS: readonly number[] = [1, 2];
/** Principal directions of each set that are pictured: the strongest. */
export const PICTURED = 4;

/** What a model's strips are called, and which direction each shows. */
export function stripsOf({ attributes, sefa, ganspace }: Directions) {
  const principal = (set: string, directions: Directions["sefa"]) =>
    directions.slice(0, PICTURED).map(({ vector }, i) => ({ name: `${set}-${i + 1}`, vector }));
  return [
    ...attributes.map(({ id, vector }) => ({ name: id, vector })),
    ...principal("sefa", sefa),
    ...principal("ganspace", ganspace),
  ];
}

/** Draws a strip of each direction of a model: a few seeds moved along it. Replaces the model's former ones. */
export async function writePictures(sampler: Sampler, directions: Directions): Promise<void> {
  const { id, latentSize, imageShape: [height, width, channels] } = sampler.card;
  const count = SEEDS.length * OFFSETS.length;
  await replaceFolder(join(picturesFolder, id), async (folder) => {
    for (const { name, vector } of stripsOf(directions)) {
      const z = new Float32Array(count * latentSize);
      SEEDS.forEach((seed, row) =>
        OFFSETS.forEach((offset, column) =>
          z.set(
            moved(latent(seed, latentSize), [{ vector, offset }]),
            (row * OFFSETS.length + column) * latentSize,
          )
        )
      );
      const images = await sampler.images(z, count);
      const layout = { count, height, width, channels, columns: OFFSETS.length, gap: 2 };
      await Deno.writeFile(join(folder, `${name}.png`), gridPng(images, layout));
    }
  }, { force: true });
}
