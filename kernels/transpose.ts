/** Transposition on the WASM heap, in tiles that stay in the first-level cache. */
import { float32Heap, floatOffset, type Kernel, newTensor } from "./backend.ts";

// A tile of 16 by 16 floats touches 16 cache lines on either side.
const TILE = 16;

/**
 * Writes the transpose of the [rows, columns] matrix at `from`, whose rows start `fromStride` apart, to
 * the [columns, rows] matrix at `to`, whose rows start `toStride` apart. Offsets and strides in floats.
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
  for (let row0 = 0; row0 < rows; row0 += TILE) {
    const row1 = Math.min(rows, row0 + TILE);
    for (let column0 = 0; column0 < columns; column0 += TILE) {
      const column1 = Math.min(columns, column0 + TILE);
      for (let column = column0; column < column1; column++) {
        let source = from + row0 * fromStride + column;
        let target = to + column * toStride + row0;
        for (let row = row0; row < row1; row++) {
          heap[target++] = heap[source];
          source += fromStride;
        }
      }
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

/** Transpose for float32 tensors of at most four axes that truly move; the stock kernel for the rest. */
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
