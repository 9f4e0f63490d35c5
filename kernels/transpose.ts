/** Transposition on the WASM heap, in tiles that stay in the first-level cache. */
import { float32Heap, floatOffset, type Kernel, newTensor } from "./backend.ts";

// A tile's row of 16 floats is one cache line.
const TILE = 16;

/**
 * Writes the transpose of the [rows, columns] matrix at `from`, whose rows start `fromStride`
 * apart, to the [columns, rows] matrix at `to`, whose rows start `toStride` apart. Offsets and
 * strides in floats.
 */
export function transposeBlock(
  heap: Float32Array,
  rows: number,
  columns: number,
  from: number,
  fromStride: number,
  to: number,
  toStride: number,
): void {
  for (let row = 0; row < rows; row += TILE) {
    const tileRows = Math.min(TILE, rows - row);
    const whole = tileRows & ~3;
    for (let column = 0; column < columns; column += 4) {
      const source = from + row * fromStride + column;
      const target = to + column * toStride + row;
      if (column + 4 > columns) {
        transposeEach(heap, tileRows, columns - column, source, fromStride, target, toStride);
        continue;
      }
      // Four output lines at a time: rows that lie a power of two apart share a set of the cache,
      // and a tile of sixteen of them would push itself out.
      for (let i = 0; i < whole; i += 4) {
        transpose4x4(heap, source + i * fromStride, fromStride, target + i, toStride);
      }
      if (whole === tileRows) continue;
      const rest = source + whole * fromStride;
      transposeEach(heap, tileRows - whole, 4, rest, fromStride, target + whole, toStride);
    }
  }
}

function transpose4x4(
  heap: Float32Array,
  from: number,
  fromStride: number,
  to: number,
  toStride: number,
): void {
  const r0 = from, r1 = r0 + fromStride, r2 = r1 + fromStride, r3 = r2 + fromStride;
  copyColumns4(heap, r0, r1, r2, r3, to, toStride);
}

/**
 * Writes the 4 floats at each of `r0` to `r3` as four columns of four rows that start `toStride`
 * apart.
 */
export function copyColumns4(
  heap: Float32Array,
  r0: number,
  r1: number,
  r2: number,
  r3: number,
  to: number,
  toStride: number,
): void {
  for (let i = 0; i < 4; i++) {
    heap[to] = heap[r0 + i];
    heap[to + 1] = heap[r1 + i];
    heap[to + 2] = heap[r2 + i];
    heap[to + 3] = heap[r3 + i];
    to += toStride;
  }
}

function transposeEach(
  heap: Float32Array,
  rows: number,
  columns: number,
  from: number,
  fromStride: number,
  to: number,
  toStride: number,
): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      heap[to + column * toStride + row] = heap[from + row * fromStride + column];
    }
  }
}

/**
 * The same permutation with as few axes as possible: axes of size 1 dropped, neighbours that stay
 * neighbours merged. [64, 8, 8, 32] by [3, 1, 2, 0] is [64, 64, 32] by [2, 1, 0].
 */
export function mergeAxes(
  shape: readonly number[],
  perm: readonly number[],
): { shape: number[]; perm: number[] } {
  const groups: number[][] = []; // in output order: runs of consecutive input axes
  for (const axis of perm) {
    if (shape[axis] === 1) continue;
    const last = groups.at(-1);
    const between = last ? shape.slice(last.at(-1)! + 1, axis) : [];
    const follows = last && axis > last.at(-1)! && between.every((size) => size === 1);
    if (follows) last.push(axis);
    else groups.push([axis]);
  }
  const inputOrder = [...groups].sort((a, b) => a[0] - b[0]);
  return {
    shape: inputOrder.map((axes) => axes.reduce((size, axis) => size * shape[axis], 1)),
    perm: groups.map((axes) => inputOrder.indexOf(axes)),
  };
}

/**
 * Transpose for float32 tensors of at most four axes that truly move; the stock kernel for the
 * rest.
 */
export function transpose(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs;
    const merged = mergeAxes(x.shape, attrs.perm as number[]);
    const rank = merged.perm.length;
    if (x.dtype !== "float32" || rank < 2 || rank > 4 || x.shape.includes(0)) {
      return stock(inputs, attrs, backend);
    }
    const out = newTensor(backend, (attrs.perm as number[]).map((axis) => x.shape[axis]));
    permute(float32Heap(backend), merged, floatOffset(backend, x), floatOffset(backend, out));
    return out;
  };
}

function permute(
  heap: Float32Array,
  { shape, perm }: { shape: number[]; perm: number[] },
  from: number,
  to: number,
): void {
  // Every output axis as [size, stride in the input, stride in the output].
  const inputStrides = stridesOf(shape);
  const outputStrides = stridesOf(perm.map((axis) => shape[axis]));
  const axes = perm.map((axis, i) => [shape[axis], inputStrides[axis], outputStrides[i]]);
  const [innerSize, innerStride] = axes.pop()!;
  if (innerStride === 1) { // the innermost axis stays: copy runs of it
    while (axes.length < 3) axes.unshift([1, 0, 0]);
    const [a, b, c] = axes;
    for (let i = 0; i < a[0]; i++) {
      for (let j = 0; j < b[0]; j++) {
        for (let k = 0; k < c[0]; k++) {
          let source = from + i * a[1] + j * b[1] + k * c[1];
          let target = to + i * a[2] + j * b[2] + k * c[2];
          for (let n = 0; n < innerSize; n++) heap[target++] = heap[source++];
        }
      }
    }
    return;
  }
  const [columns] = axes.splice(axes.findIndex(([, stride]) => stride === 1), 1);
  while (axes.length < 2) axes.unshift([1, 0, 0]);
  const [a, b] = axes;
  for (let i = 0; i < a[0]; i++) {
    for (let j = 0; j < b[0]; j++) {
      const source = from + i * a[1] + j * b[1];
      const target = to + i * a[2] + j * b[2];
      transposeBlock(heap, innerSize, columns[0], source, innerStride, target, columns[2]);
    }
  }
}

function stridesOf(shape: readonly number[]): number[] {
  const strides: number[] = [];
  let stride = 1;
  for (const size of [...shape].reverse()) {
    strides.unshift(stride);
    stride *= size;
  }
  return strides;
}
