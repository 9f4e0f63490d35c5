/**
 * How light or how yellow a part of a face is, and how much hair there is: means over a few pixels where every face of the
 * data has that part. Sums over an image's pixels all of them, so that they have gradients wherever the image has.
 */

/** Images of three channels, red, green and blue. */
export interface Pictures {
  /** One byte a channel value, image after image. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** From a left upper corner to a right lower one, which is left out, in 64ths of the image. */
type Rectangle = readonly [left: number, top: number, right: number, bottom: number];
/** What a byte of each channel counts. */
type Colour = readonly [red: number, green: number, blue: number];
/** The sum of the mean colours of places, each colour weighted. */
export type Tone = readonly { readonly of: readonly Rectangle[]; readonly colour: Colour }[];

const CHEEKS: readonly Rectangle[] = [[23, 39, 28, 42], [36, 39, 41, 42]];
const CROWN: readonly Rectangle[] = [[26, 13, 39, 18]];
const ABOVE: readonly Rectangle[] = [[24, 0, 40, 4]];
const BESIDE_THE_NECK: readonly Rectangle[] = [[16, 53, 21, 57], [43, 53, 48, 57]];
const SHOULDERS: readonly Rectangle[] = [[21, 60, 27, 64], [37, 60, 43, 64]];
const CORNERS: readonly Rectangle[] = [[0, 0, 10, 16], [54, 0, 64, 16]];

/** What eyes see of a colour's light (luma, ITU-R BT.601), of 255. */
const LIGHT: Colour = [0.299, 0.587, 0.114];
const YELLOW: Colour = [0.5, 0.5, -1];
const RED: Colour = [1, -1, 0];
const WARM: Colour = [1, 0, -1];
/** All backgrounds have much blue, and no hair has. */
const [BLUE, NO_BLUE]: Colour[] = [[0, 0, 1], [0, 0, -1]];

export const skinLightness: Tone = [{ of: CHEEKS, colour: LIGHT }];
export const hairLightness: Tone = [{ of: CROWN, colour: LIGHT }];
export const clothesLightness: Tone = [{ of: SHOULDERS, colour: LIGHT }];
export const clothesWarmth: Tone = [{ of: SHOULDERS, colour: WARM }];
export const backgroundYellowness: Tone = [{ of: CORNERS, colour: YELLOW }];
export const backgroundRedness: Tone = [{ of: CORNERS, colour: RED }];
/** How much of what lies above the head is not background: a bun, or hair that stands up. */
export const hairHeight: Tone = [
  { of: CORNERS, colour: BLUE },
  { of: ABOVE, colour: NO_BLUE },
];
/** How much of what lies beside the neck is not background. */
export const hairLength: Tone = [
  { of: CORNERS, colour: BLUE },
  { of: BESIDE_THE_NECK, colour: NO_BLUE },
];

/** What each byte of an image [height, width, 3] counts in a tone, which is the sum of them all. */
export function weightsOf(tone: Tone, height: number, width: number): Float32Array {
  const weights = new Float32Array(3 * height * width);
  for (const { of, colour } of tone) {
    const inside: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [column, row] = [64 * (x + 0.5) / width, 64 * (y + 0.5) / height];
        const isInside = of.some(([left, top, right, bottom]) =>
          column > left && column < right && row > top && row < bottom
        );
        if (isInside) inside.push(3 * (y * width + x));
      }
    }
    for (const at of inside) {
      colour.forEach((weight, channel) => weights[at + channel] += weight / inside.length);
    }
  }
  return weights;
}

/** A tone of each image. */
export function measured(tone: Tone, { pixels, height, width }: Pictures): Float32Array {
  const all = weightsOf(tone, height, width);
  const counted = [...all.keys()].filter((at) => all[at] !== 0);
  return Float32Array.from(
    { length: pixels.length / all.length },
    (_, i) => counted.reduce((sum, at) => sum + all[at] * pixels[i * all.length + at], 0),
  );
}
