/**
 * LeakyRelu and Tanh from kernels of the WASM backend that are vectorised and run on all threads.
 */
import * as tf from "@tensorflow/tfjs-core";
import type { Kernel } from "./backend.ts";

/** x where x > 0, alpha * x elsewhere: XNNPACK's prelu with the same slope for every channel. */
export function leakyRelu(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const x = inputs.x as tf.Tensor;
    if (x.dtype !== "float32" || x.rank === 0) return stock(inputs, attrs, backend);
    const slopes = tf.fill([x.shape.at(-1)!], attrs.alpha as number);
    const out = tf.prelu(x, slopes);
    slopes.dispose();
    return out;
  };
}

/**
 * tanh(x) = 2 sigmoid(2x) - 1, within 2e-7 of the true value: the stock kernel is a scalar loop.
 */
export function tanh(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const x = inputs.x as tf.Tensor;
    if (x.dtype !== "float32") return stock(inputs, attrs, backend);
    return tf.tidy(() => tf.sub(tf.mul(2, tf.sigmoid(tf.mul(2, x))), 1));
  };
}
