/**
 * Transposed convolutions as ordinary ones. In one dimension, stride s, kernel w of k ≥ s taps,
 * padding `same`: input i reaches output o through tap o − s·i + b, where b = ⌊(k − s) / 2⌋. So the
 * outputs o = s·m + r of one phase r meet only the taps r + b + s·t:
 *
 *   y[s·m + r] = Σ_t x[m − t] · w[r + b + s·t],  0 ≤ r + b + s·t < k
 *
 * which is a small convolution of stride 1. No product with an inserted zero is ever computed: a 3x3
 * kernel of stride 2 falls apart into kernels of 2x2, 2x1, 1x2 and 1x1 taps.
 */

/** A stride-1 convolution: filter [height, width, inputs, outputs] and zero padding around the input. */
export interface Convolution {
  readonly filter: Float32Array;
  readonly shape: readonly [height: number, width: number, inputs: number, outputs: number];
  readonly pad: readonly [vertical: Pad, horizontal: Pad];
}

export type Pad = readonly [before: number, after: number];

/** A transposed convolution's kernel [height, width, outputs, inputs], as tfjs stores it. */
export interface TransposedKernel {
  readonly values: Float32Array;
  readonly shape: readonly [height: number, width: number, outputs: number, inputs: number];
}

/** The taps of one phase along one axis: `first` is t's least value, `taps[j]` the tap of t = first + j. */
interface Phase {
  readonly first: number;
  readonly taps: readonly number[];
}

// A convolution of few outputs leaves most lanes of the matrix product idle: then two phases in one, with some
// zero taps, cost less than two convolutions and the weaving of their columns.
const FEW_OUTPUTS = 8;

/**
 * The convolutions of a transposed convolution, `same`, by phase row and phase column. The channels of
 * a row's outputs side by side are [column phase, output]: [batch, height, width, strideX · outputs] is
 * [batch, height, strideX · width, outputs] in memory.
 *
 * Throws a RangeError when a stride is larger than the kernel.
 */
export function phaseConvolutions(
  kernel: TransposedKernel,
  [strideY, strideX]: readonly [number, number],
): Convolution[][] {
  const [height, width, outputs] = kernel.shape;
  const rows = phasesOf(height, strideY);
  const columns = phasesOf(width, strideX);
  return rows.map((row) =>
    outputs <= FEW_OUTPUTS
      ? [convolution(kernel, row, columns)]
      : columns.map((column) => convolution(kernel, row, [column]))
  );
}

function phasesOf(taps: number, stride: number): Phase[] {
  if (stride > taps) throw new RangeError(`a stride of ${stride} leaves gaps between ${taps} taps`);
  const before = Math.floor((taps - stride) / 2);
  return Array.from({ length: stride }, (_, r) => {
    const first = Math.ceil(-(r + before) / stride);
    const last = Math.floor((taps - 1 - r - before) / stride);
    return {
      first,
      taps: Array.from({ length: last - first + 1 }, (_, j) => r + before + stride * (first + j)),
    };
  });
}

/** One convolution for a phase row and for all of `columns`, whose outputs lie side by side. */
function convolution(kernel: TransposedKernel, row: Phase, columns: readonly Phase[]): Convolution {
  const [, width, outputs, inputs] = kernel.shape;
  const first = Math.min(...columns.map((column) => column.first));
  const last = Math.max(...columns.map((column) => column.first + column.taps.length - 1));
  const [h, w, n] = [row.taps.length, last - first + 1, columns.length * outputs];
  const filter = new Float32Array(h * w * inputs * n);
  row.taps.forEach((ky, y) =>
    columns.forEach((column, phase) =>
      column.taps.forEach((kx, j) => {
        // Input m − t lies left of m: a convolution's filter meets the taps from the last t to the first.
        const at = ((h - 1 - y) * w + (last - column.first - j)) * inputs;
        const from = (ky * width + kx) * outputs * inputs;
        transposeInto(filter, n, at * n + phase * outputs, kernel.values, inputs, from, outputs);
      })
    )
  );
  return {
    filter,
    shape: [h, w, inputs, n],
    pad: [[row.first + h - 1, -row.first], [last, -first]],
  };
}

/**
 * Writes `rows` rows of `columns` numbers as columns: `from` and `to` are where they start, `width` is the
 * length of a row of `target`. Eight rows at a time, as that is what a processor reads and writes near.
 */
export function transposeInto(
  target: Float32Array,
  width: number,
  to: number,
  source: Float32Array,
  columns: number,
  from: number,
  rows: number,
): void {
  for (let first = 0; first < rows; first += 8) {
    const last = Math.min(rows, first + 8);
    for (let column = 0; column < columns; column++) {
      const at = to + column * width;
      for (let row = first; row < last; row++) {
        target[at + row] = source[from + row * columns + column];
      }
    }
  }
}
