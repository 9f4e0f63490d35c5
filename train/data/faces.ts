import { join } from "node:path";
import type { Attribute, Dataset, DatasetSource, Split } from "./dataset.ts";
import { type CacheIndex, readBytes, readIndex } from "./pixel_cache.ts";
import { prepare } from "./prepare.ts";

const SIZE = 64;
const STREAMS = { train: 101, validation: 102, test: 103 }; // splits share no random numbers
const DRAWING = 1; // to be raised when other faces are drawn, so that old caches are left alone

interface FacesIndex extends CacheIndex {
  readonly count: number;
  readonly attributes: readonly Omit<Attribute, "labels">[];
}

/**
 * Cartoon faces with known attributes: DiceBear's remix of ToonHead by Johan Melin, drawn at 64×64 and
 * cropped to the head. About 2e7 combinations; face i of a split is a function of (seed, split, i).
 * At 32×32 each pixel is the mean of four.
 */
export function facesSource(counts: Readonly<Record<Split, number>>, seed = 1): DatasetSource {
  return {
    sizes: [SIZE, SIZE / 2],
    channels: 3,
    async load({ size, split, cache }): Promise<Dataset> {
      const folder = join(cache, "faces");
      const count = counts[split];
      const path = join(folder, `${split}-${count}-seed-${seed}-drawing-${DRAWING}`);
      let index = await readIndex<FacesIndex>(path);
      if (!index) {
        await prepare("faces", folder, {
          args: [path, count, SIZE, seed, STREAMS[split]].map(String),
        });
        index = (await readIndex<FacesIndex>(path))!;
      }
      const bytes = await readBytes(path, index);
      const labels = bytes.subarray(count * SIZE * SIZE * 3);
      const pixels = bytes.subarray(0, count * SIZE * SIZE * 3);
      return {
        id: "faces",
        title: "ToonHead faces",
        licence: "CC BY 4.0 (ToonHead by Johan Melin, remixed by DiceBear)",
        url: "https://www.figma.com/community/file/1589627891082866389",
        imageShape: [size, size, 3],
        count,
        pixels: size === SIZE ? pixels : halved(pixels, SIZE),
        attributes: index.attributes.map(({ name, values }, i) => ({
          name,
          values,
          labels: labels.slice(i * count, (i + 1) * count),
        })),
      };
    },
  };
}

export const faces = facesSource({ train: 20_000, validation: 10_000, test: 10_000 });

/** RGB images [n, size, size, 3] at half the size: means of 2×2 pixels, rounded. */
export function halved(pixels: Uint8Array, size: number): Uint8Array {
  const row = size * 3;
  const half = new Uint8Array(pixels.length / 4);
  for (let to = 0; to < half.length; to++) {
    const x = Math.floor(to % (row / 2) / 3);
    const y = Math.floor(to / (row / 2)); // rows of all images: their number is even in each
    const from = 2 * y * row + 6 * x + to % 3;
    half[to] =
      (pixels[from] + pixels[from + 3] + pixels[from + row] + pixels[from + row + 3] + 2) >> 2;
  }
  return half;
}
