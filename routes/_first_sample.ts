/** A poster's first sample, which is seed 1's, by itself: a twentieth of the poster's bytes. */

import { decodePng, encodePng, pngSize } from "./_png.ts";

/** Samples in a row of a poster (train/model_folder.ts), without gaps. */
const COLUMNS = 4;

/** The sample unenlarged, as a PNG; null where `poster` is none of `imageShape`. */
export function firstSample(
  poster: Uint8Array<ArrayBuffer>,
  [height, width, channels]: readonly number[],
): Uint8Array<ArrayBuffer> | null {
  const size = pngSize(poster);
  const scale = size === null ? 0 : size.width / (COLUMNS * width);
  if (!Number.isInteger(scale) || size?.height !== COLUMNS * height * scale) return null;
  const above = decodePng(poster, height * scale);
  if (above === null || above.channels !== channels) return null;
  const pixels = new Uint8Array(height * width * channels);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * above.width + x) * scale * channels;
      for (let c = 0; c < channels; c++) pixels[to++] = above.pixels[from + c];
    }
  }
  return encodePng({ width, height, channels: above.channels, pixels });
}
