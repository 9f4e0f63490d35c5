/** What the strokes of a digit are like, from the moments of its ink: no classifier needed. */

/** Images of one channel, bright strokes on black. */
export interface Drawings {
  /** One byte a pixel, image after image. */
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
}

/**
 * How far the strokes lean to the right, as columns a row: −μ₁₁ / μ₀₂ of the ink's central moments (y points down), the
 * shear that would set them upright. 0 for an empty image.
 */
export function slants({ pixels, height, width }: Drawings): Float32Array {
  return each(pixels, height * width, (ink) => {
    let [m, x1, y1, xy, yy] = [0, 0, 0, 0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = ink[y * width + x];
        m += value;
        x1 += value * x;
        y1 += value * y;
        xy += value * x * y;
        yy += value * y * y;
      }
    }
    const height2 = yy / m - (y1 / m) ** 2;
    return m > 0 && height2 > 0 ? -(xy / m - (x1 / m) * (y1 / m)) / height2 : 0;
  });
}

/** By how much the steps between pixels along rows and columns exceed an outline's length, averaged over its directions. */
const STEPS = 4 / Math.PI;

/**
 * The width of the strokes in pixels: twice the ink's area over the length of its outline, which for a long stroke is its
 * width. Grey edges count in part, in the area and in the outline alike. 0 for an empty image.
 */
export function thicknesses({ pixels, height, width }: Drawings): Float32Array {
  return each(pixels, height * width, (ink) => {
    let [area, steps] = [0, 0];
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = ink[y * width + x];
        area += value;
        steps += Math.abs(value - (x > 0 ? ink[y * width + x - 1] : 0));
        steps += Math.abs(value - (y > 0 ? ink[(y - 1) * width + x] : 0));
        if (x === width - 1) steps += value; // outside is black
        if (y === height - 1) steps += value;
      }
    }
    return steps > 0 ? 2 * area / (steps / STEPS) : 0;
  });
}

function each(
  pixels: Uint8Array,
  size: number,
  measure: (ink: Uint8Array) => number,
): Float32Array {
  return Float32Array.from(
    { length: pixels.length / size },
    (_, i) => measure(pixels.subarray(i * size, (i + 1) * size)),
  );
}
