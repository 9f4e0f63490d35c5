import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, isDifferentiatedAgain, runKernel } from "./kernel.ts";
import { timesSlope } from "./leaky_relu_slope.ts";

/** Inputs `x` [..., c], `bias` [c]; attribute `alpha`. Output y [..., c]. */
export const BIAS_LEAKY_RELU = "BiasLeakyRelu";

/**
 * Inputs `dy`, `y` [..., c]; attribute `alpha`. Outputs dx [..., c] = dy where y > 0, α dy
 * elsewhere; dbias [c] = Σ dx over all axes but the last.
 */
export const BIAS_LEAKY_RELU_GRAD = "BiasLeakyReluGrad";

/**
 * y = max(z, α z), z = x + bias, with 0 < α < 1: leaky ReLU (Maas et al. 2013) of a layer without
 * normalisation. `bias` has one number for each of x's last axis. Twice differentiable, and cheaply:
 * its gradient is linear in dy and otherwise constant.
 */
export function biasLeakyRelu(x: tf.Tensor4D, bias: tf.Tensor, alpha: number): tf.Tensor4D {
  if (!hasKernel(BIAS_LEAKY_RELU)) return tf.leakyRelu(tf.add(x, bias) as tf.Tensor4D, alpha);
  return runKernel(BIAS_LEAKY_RELU, { x, bias }, { alpha })[0] as tf.Tensor4D;
}

export const biasLeakyReluGradient: tf.GradConfig = {
  kernelName: BIAS_LEAKY_RELU,
  outputsToSave: [true],
  gradFunc: (dys, [y], attrs) => {
    const dy = dys as tf.Tensor;
    const alpha = attrs.alpha as number;
    if (isDifferentiatedAgain()) {
      // Of the two a penalty asks for x alone.
      const dx = () => timesSlope(dy, y, alpha); // y has the sign of z
      return { x: dx, bias: () => tf.sum(dx(), y.shape.slice(0, -1).map((_, axis) => axis)) };
    }
    const [dx, dbias] = runKernel(BIAS_LEAKY_RELU_GRAD, { dy, y }, { alpha });
    return { x: () => dx, bias: () => dbias };
  },
};
