import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, runKernel } from "./kernel.ts";

/** Inputs `dy`, `z` of one shape; attribute `alpha`. Output dy where z > 0, α dy elsewhere. */
export const TIMES_LEAKY_RELU_SLOPE = "TimesLeakyReluSlope";

/**
 * dy · step(z), step being 1 for z > 0 and alpha elsewhere: the gradient of leaky ReLU, z being its
 * input, or its output, which has the same sign.
 *
 * Differentiable in dy only, as often as one likes. Written with plain operations it would be right
 * too, but a second derivative would then carry zeros back from z through every earlier layer.
 */
export function timesSlope(dy: tf.Tensor, z: tf.Tensor, alpha: number): tf.Tensor {
  return tf.customGrad((dy: unknown) => ({
    value: hasKernel(TIMES_LEAKY_RELU_SLOPE)
      ? runKernel(TIMES_LEAKY_RELU_SLOPE, { dy: dy as tf.Tensor, z }, { alpha })[0]
      : tf.mul(dy as tf.Tensor, tf.step(z, alpha)),
    gradFunc: (ddy: tf.Tensor) => timesSlope(ddy, z, alpha),
  }))(dy);
}

/**
 * tfjs's own gradient of LeakyRelu selects with `where(greater(z, 0), …)`, whose second derivative
 * throws.
 */
export const leakyReluGradient: tf.GradConfig = {
  kernelName: tf.LeakyRelu,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => timesSlope(dy as tf.Tensor, x, attrs.alpha as number),
  }),
};
