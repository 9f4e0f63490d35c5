/** How light or how yellow a part of a face is: the mean over a few pixels where every face of the data has that part. */

/** Images of three channels, red, green and blue. */
export interface Pictures {
  /** One byte a channel value, image after image. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/** From a left upper corner to a right lower one, which is left out, in 64ths of the image. */
type Rectangle = readonly [left: number, top: number, right: number, bottom: number];

const CHEEKS: readonly Rectangle[] = [[22, 35, 27, 38], [38, 35, 43, 38]];
const CROWN: readonly Rectangle[] = [[26, 13, 39, 18]];
const CORNERS: readonly Rectangle[] = [[0, 0, 10, 16], [54, 0, 64, 16]];

/** What eyes see of a colour's light (luma, ITU-R BT.601), of 255. */
const lightness = (red: number, green: number, blue: number) =>
  0.299 * red + 0.587 * green + 0.114 * blue;

/** From blue to its complement, −255 to 255. */
const yellowness = (red: number, green: number, blue: number) => (red + green) / 2 - blue;

export const skinLightness = measure(CHEEKS, lightness);
export const hairLightness = measure(CROWN, lightness);
export const backgroundYellowness = measure(CORNERS, yellowness);

/** The mean of a tone over the pixels of `rectangles`, one number an image. */
function measure(
  rectangles: readonly Rectangle[],
  tone: (red: number, green: number, blue: number) => number,
) {
  return ({ pixels, height, width }: Pictures): Float32Array => {
    const inside: number[] = [];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [column, row] = [64 * (x + 0.5) / width, 64 * (y + 0.5) / height];
        if (
          rectangles.some(([left, top, right, bottom]) =>
            column > left && column < right && row > top && row < bottom
          )
        ) inside.push(3 * (y * width + x));
      }
    }
    const size = 3 * height * width;
    return Float32Array.from({ length: pixels.length / size }, (_, i) => {
      const total = inside.reduce((sum, at) => {
        const [red, green, blue] = pixels.subarray(i * size + at, i * size + at + 3);
        return sum + tone(red, green, blue);
      }, 0);
      return total / inside.length;
    });
  };
}
