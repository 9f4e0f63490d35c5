import { normal } from "../../sampler/random.ts";

/** Images of one byte a channel value, and what is done to them. */
export interface Pictures {
  readonly pixels: Uint8Array;
  readonly imageShape: readonly [height: number, width: number, channels: number];
}

/** Each pixel the mean of the square that reaches `radius` pixels around it; beyond the edge it goes on as at the edge. */
export function blurred({ pixels, imageShape }: Pictures, radius: number): Uint8Array {
  const [height, width, channels] = imageShape;
  const size = height * width * channels;
  const area = (2 * radius + 1) ** 2;
  const inside = (at: number, length: number) => Math.min(length - 1, Math.max(0, at));
  return pixels.map((_, i) => {
    const image = i - i % size;
    const channel = i % channels;
    const x = Math.floor((i % size) / channels) % width;
    const y = Math.floor((i % size) / (channels * width));
    let sum = 0;
    for (let dy = -radius; dy <= radius; dy++) {
      const row = image + inside(y + dy, height) * width * channels;
      for (let dx = -radius; dx <= radius; dx++) {
        sum += pixels[row + inside(x + dx, width) * channels + channel];
      }
    }
    return Math.round(sum / area);
  });
}

const NOISE_STREAM = 400; // no other random numbers are of it

/** Normal noise of this standard deviation, in bytes, on every number. */
export function noisy({ pixels, imageShape }: Pictures, deviation: number): Uint8Array {
  const size = imageShape.reduce((a, b) => a * b, 1);
  const bytes = new Uint8ClampedArray(pixels.length);
  for (let from = 0; from < pixels.length; from += size) {
    const noise = normal([1, NOISE_STREAM, from / size], size);
    for (let i = 0; i < size; i++) {
      bytes[from + i] = Math.round(pixels[from + i] + deviation * noise[i]);
    }
  }
  return new Uint8Array(bytes.buffer);
}

/** The first `distinct` of the images that `keep` allows, over and over, as many as there were. */
export function repeated(
  { pixels, imageShape }: Pictures,
  keep: (image: number) => boolean,
  distinct = Infinity,
): Uint8Array {
  const size = imageShape.reduce((a, b) => a * b, 1);
  const count = pixels.length / size;
  const kept = [...Array(count).keys()].filter(keep).slice(0, distinct);
  const bytes = new Uint8Array(pixels.length);
  for (let i = 0; i < count; i++) {
    const from = kept[i % kept.length] * size;
    bytes.set(pixels.subarray(from, from + size), i * size);
  }
  return bytes;
}

/** Every second image lies on top of another, that half of the set away: one in two looks like nothing real. */
export function overlaid({ pixels, imageShape }: Pictures): Uint8Array {
  const size = imageShape.reduce((a, b) => a * b, 1);
  const away = Math.floor(pixels.length / size / 2) * size;
  return pixels.map((byte, i) => {
    const isOverlaid = Math.floor(i / size) % 2 === 1;
    return isOverlaid ? Math.max(byte, pixels[(i + away) % pixels.length]) : byte;
  });
}
