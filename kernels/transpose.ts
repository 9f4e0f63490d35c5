/** Transposition by our own kernels. */
import { addressOf, type Kernel, kernelsOf, newTensor } from "./backend.ts";

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

const CHUNK_COLUMNS = 64; // as in assembly/transpose.ts

/**
 * Transpose for float32 tensors of which two neighbouring groups of axes, the last ones, change
 * places; the stock kernel for the rest.
 */
export function transpose(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs;
    const { shape, perm } = mergeAxes(x.shape, attrs.perm as number[]);
    const swapsLast = perm.join() === "1,0" || perm.join() === "0,2,1";
    if (x.dtype !== "float32" || !swapsLast || x.shape.includes(0)) {
      return stock(inputs, attrs, backend);
    }
    const [rows, columns] = shape.slice(-2);
    const matrices = shape.length === 3 ? shape[0] : 1;
    const out = newTensor(backend, (attrs.perm as number[]).map((axis) => x.shape[axis]));
    kernelsOf(backend).parallel(
      "transpose",
      matrices * Math.ceil(columns / CHUNK_COLUMNS),
      addressOf(backend, x),
      addressOf(backend, out),
      rows,
      columns,
    );
    return out;
  };
}
