/** Sum and Mean by assembly/reduce.ts, with float64 accumulators. */
import * as tf from "@tensorflow/tfjs-core";
import { addressOf, type Kernel, kernelsOf, newTensor } from "./backend.ts";

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

const LANES = 16; // as in assembly/reduce.ts

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
    const chunks = outer * (inner === 1 ? 1 : Math.ceil(inner / LANES));
    const [from, to] = [addressOf(backend, x), addressOf(backend, out)];
    kernelsOf(backend).parallel("reduce", chunks, from, to, reduced, inner, scale(reduced));
    return out;
  };
}
