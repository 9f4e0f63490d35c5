/** Gradients that tfjs lacks and a gradient penalty needs. They hold on every backend. */
import * as tf from "@tensorflow/tfjs-core";

type Pad = Parameters<typeof tf.conv2d>[3];
type Rounding = Parameters<typeof tf.conv2d>[6];
type Strides = Parameters<typeof tf.conv2d>[2];

/**
 * Registers
 * - LeakyRelu's gradient as dy * step(x), step being 1 for x > 0 and alpha elsewhere, a constant of
 *   x. tfjs's own selects with `where(greater(x, 0), …)`, whose second derivative throws;
 * - Conv2DBackpropFilter's gradient, which tfjs does not have. The operation is linear in x and in
 *   dy: its gradients are the convolution's input gradient and the convolution, with `ddw` as the
 *   filter.
 *
 * WGAN-GP differentiates the critic twice and needs both. A penalty alone does not depend on a bias
 * then: tfjs gives such a variable no gradient rather than zeros. Calling this again changes nothing.
 */
export function registerGradients(): void {
  replaceGradient(leakyReluGradient);
  replaceGradient(conv2DBackpropFilterGradient);
}

function replaceGradient(config: tf.GradConfig): void {
  const registered = tf.getGradient(config.kernelName);
  if (registered === config) return;
  if (registered) tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

const leakyReluGradient: tf.GradConfig = {
  kernelName: tf.LeakyRelu,
  inputsToSave: ["x"],
  gradFunc: (dy, [x], attrs) => ({
    x: () => timesSlope(dy as tf.Tensor, x, attrs.alpha as number),
  }),
};

/**
 * dy * step(x), differentiable in dy only. Written with plain operations it would be right too, but
 * a second derivative would then carry zeros back from x through every earlier layer.
 */
function timesSlope(dy: tf.Tensor, x: tf.Tensor, alpha: number): tf.Tensor {
  return tf.customGrad((dy: unknown) => ({
    value: tf.mul(dy as tf.Tensor, tf.step(x, alpha)),
    gradFunc: (ddy: tf.Tensor) => timesSlope(ddy, x, alpha),
  }))(dy);
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
