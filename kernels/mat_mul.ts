/**
 * Products with transposed operands: the stock kernel has XNNPACK multiply as they lie, and loops
 * naively otherwise.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Kernel } from "./backend.ts";

/** BatchMatMul that transposes first where asked, then multiplies by the stock kernel. */
export function batchMatMul(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    if (!transposeA && !transposeB) return stock(inputs, attrs, backend);
    const turned = (x: tf.TensorInfo) => {
      const axes = x.shape.map((_, axis) => axis);
      return tf.transpose(x as tf.Tensor, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
    };
    return tf.tidy(() => {
      const a = transposeA ? turned(inputs.a) : inputs.a;
      const b = transposeB ? turned(inputs.b) : inputs.b;
      return tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D);
    });
  };
}
