/** Gradients that tfjs lacks: those of the fused operations, and what a gradient penalty needs. */
import * as tf from "@tensorflow/tfjs-core";
import { batchNormLeakyReluGradient } from "./ops/batch_norm_leaky_relu.ts";
import { biasLeakyReluGradient } from "./ops/bias_leaky_relu.ts";
import { biasTanhGradient } from "./ops/bias_tanh.ts";
import { replaceGradient } from "./ops/kernel.ts";
import { leakyReluGradient } from "./ops/leaky_relu_slope.ts";

type Pad = Parameters<typeof tf.conv2d>[3];
type Rounding = Parameters<typeof tf.conv2d>[6];
type Strides = Parameters<typeof tf.conv2d>[2];

/**
 * Registers, for every backend, the gradients of
 * - the fused operations in `ops/`;
 * - LeakyRelu, twice differentiable;
 * - Conv2DBackpropFilter, which tfjs does not have. The operation is linear in x and in dy: its
 *   gradients are the convolution's input gradient and the convolution, with `ddw` as the filter.
 *
 * WGAN-GP differentiates the critic twice and needs the last two. A penalty alone does not depend on a
 * bias then: tfjs gives such a variable no gradient rather than zeros. Calling this again changes
 * nothing.
 */
export function registerGradients(): void {
  replaceGradient(batchNormLeakyReluGradient);
  replaceGradient(biasLeakyReluGradient);
  replaceGradient(biasTanhGradient);
  replaceGradient(leakyReluGradient);
  replaceGradient(conv2DBackpropFilterGradient);
}

const conv2DBackpropFilterGradient: tf.GradConfig = {
  kernelName: tf.Conv2DBackpropFilter,
  inputsToSave: ["x", "dy"],
  gradFunc: (ddw, [x, dy], attrs) => {
    const filter = ddw as tf.Tensor4D;
    const strides = attrs.strides as Strides;
    const pad = attrs.pad as Pad;
    const dimRoundingMode = attrs.dimRoundingMode as Rounding;
    return {
      x: () =>
        tf.engine().runKernel(tf.Conv2DBackpropInput, { dy, filter }, {
          ...attrs,
          inputShape: x.shape,
        }) as tf.Tensor4D,
      dy: () => tf.conv2d(x as tf.Tensor4D, filter, strides, pad, "NHWC", 1, dimRoundingMode),
    };
  },
};
