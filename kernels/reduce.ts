/**
 * Sum and Mean on the WASM heap with float64 accumulators, for the reductions that training needs.
 */
import * as tf from "@tensorflow/tfjs-core";
import { float32Heap, floatOffset, type Kernel, newTensor } from "./backend.ts";

/**
 * Sum over `axis` (all axes when absent), float32; the stock kernel where the axes are not
 * neighbours.
 */
export function sum(stock: Kernel): Kernel {
  return reduction(stock, () => 1);
}

/** Mean over `axis`, float32; the stock kernel where the axes are not neighbours. */
export function mean(stock: Kernel): Kernel {
  return reduction(stock, (count) => 1 / count);
}

function reduction(stock: Kernel, scale: (count: number) => number): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs;
    const axes = tf.util.parseAxisParam(attrs.axis as number | number[], x.shape)
      .toSorted((a, b) => a - b);
    const neighbours = axes.length > 0 && axes.at(-1)! - axes[0] === axes.length - 1;
    if (x.dtype !== "float32" || !neighbours) return stock(inputs, attrs, backend);
    // x is [outer, reduced, inner], whatever its rank.
    const first = axes[0], last = axes.at(-1)!;
    const outer = tf.util.sizeFromShape(x.shape.slice(0, first));
    const reduced = tf.util.sizeFromShape(x.shape.slice(first, last + 1));
    const inner = tf.util.sizeFromShape(x.shape.slice(last + 1));
    const kept = x.shape.flatMap((size, axis) =>
      axis < first || axis > last ? [size] : attrs.keepDims ? [1] : []
    );
    const out = newTensor(backend, kept);
    const heap = float32Heap(backend);
    let from = floatOffset(backend, x), to = floatOffset(backend, out);
    const factor = scale(reduced);
    const total = new Float64Array(inner);
    for (let o = 0; o < outer; o++) {
      if (inner === 1) total[0] = sumRun(heap, from, reduced);
      else sumRows(heap, from, reduced, total);
      for (let i = 0; i < inner; i++) heap[to++] = total[i] * factor;
      from += reduced * inner;
    }
    return out;
  };
}

/**
 * Sum of `count` neighbouring floats. Four accumulators, because one add waits for the one before.
 */
function sumRun(heap: Float32Array, from: number, count: number): number {
  let a = 0, b = 0, c = 0, d = 0, i = from;
  for (const end = from + (count & ~3); i < end; i += 4) {
    a += heap[i];
    b += heap[i + 1];
    c += heap[i + 2];
    d += heap[i + 3];
  }
  for (const end = from + count; i < end; i++) a += heap[i];
  return a + b + (c + d);
}

/** `total` becomes the sum of `rows` rows of `total.length` floats each. */
function sumRows(heap: Float32Array, from: number, rows: number, total: Float64Array): void {
  total.fill(0);
  const width = total.length;
  let a = from, row = 0;
  for (; row + 4 <= rows; row += 4) {
    const b = a + width, c = b + width, d = c + width;
    for (let i = 0; i < width; i++) {
      total[i] += heap[a + i] + heap[b + i] + (heap[c + i] + heap[d + i]);
    }
    a = d + width;
  }
  for (; row < rows; row++, a += width) {
    for (let i = 0; i < width; i++) total[i] += heap[a + i];
  }
}
