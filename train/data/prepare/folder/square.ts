/** The pixels that one output pixel covers in one direction, and how much of each. */
interface Span {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * The centred square of an image at another size, by area: each output pixel is the mean of what it
 * covers, edges counted by the part that is covered, over a white ground where alpha is below 255.
 * `orientation` is EXIF's, and the result is upright.
 *
 * `rgba` is [height, width, 4] bytes; the result [size, size, 3].
 */
export function centredSquare(
  rgba: Uint8ClampedArray,
  { width, height, orientation }: { width: number; height: number; orientation: number },
  size: number,
): Uint8Array {
  const edge = Math.min(width, height);
  const columns = spans((width - edge) / 2, edge / size, size);
  const rows = spans((height - edge) / 2, edge / size, size);
  const square = new Uint8Array(size * size * 3);
  const line = new Float64Array(size * 3);
  for (let y = 0; y < size; y++) {
    line.fill(0);
    rows[y].weights.forEach((weight, row) =>
      addRow(line, rgba, (rows[y].first + row) * width, columns, weight)
    );
    for (let x = 0; x < size; x++) {
      // A centred square stays in place when the image is turned or mirrored: its pixels alone move.
      const to = upright(x, y, size, orientation) * 3;
      for (let c = 0; c < 3; c++) square[to + c] = Math.round(line[3 * x + c]);
    }
  }
  return square;
}

/** `count` spans of `length` pixels side by side from `offset`, the weights of each summing to 1. */
function spans(offset: number, length: number, count: number): Span[] {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [offset + i * length, offset + (i + 1) * length];
    const first = Math.floor(from);
    const last = Math.max(first, Math.ceil(to - 1e-9) - 1); // rounding must not reach past the edge
    const weights = Array.from({ length: last - first + 1 }, (_, k) => {
      const pixel = first + k;
      return (Math.min(pixel + 1, to) - Math.max(pixel, from)) / length;
    });
    return { first, weights };
  });
}

function addRow(
  line: Float64Array,
  rgba: Uint8ClampedArray,
  start: number,
  columns: readonly Span[],
  rowWeight: number,
): void {
  for (let x = 0; x < columns.length; x++) {
    const { first, weights } = columns[x];
    let [red, green, blue] = [0, 0, 0];
    for (let k = 0, at = (start + first) * 4; k < weights.length; k++, at += 4) {
      const alpha = rgba[at + 3] / 255;
      const white = 255 * (1 - alpha);
      red += weights[k] * (rgba[at] * alpha + white);
      green += weights[k] * (rgba[at + 1] * alpha + white);
      blue += weights[k] * (rgba[at + 2] * alpha + white);
    }
    line[3 * x] += rowWeight * red;
    line[3 * x + 1] += rowWeight * green;
    line[3 * x + 2] += rowWeight * blue;
  }
}

/** Where the stored pixel (x, y) belongs in the upright image (Exif 2.3, tag 0x0112). */
function upright(x: number, y: number, size: number, orientation: number): number {
  const last = size - 1;
  const [column, row] = ({
    1: [x, y],
    2: [last - x, y], // mirrored
    3: [last - x, last - y], // upside down
    4: [x, last - y],
    5: [y, x],
    6: [last - y, x], // to be turned clockwise
    7: [last - y, last - x],
    8: [y, last - x], // to be turned counter-clockwise
  } as Record<number, [number, number]>)[orientation];
  return row * size + column;
}
