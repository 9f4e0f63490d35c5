import * as tf from "@tensorflow/tfjs-core";
import { hasKernel, isDifferentiatedAgain, runKernel } from "./kernel.ts";

/** Inputs `x` [..., c], `bias` [c]. Output y [..., c]. */
export const BIAS_TANH = "BiasTanh";

/**
 * Inputs `dy`, `y` [..., c]. Outputs dx [..., c] = dy (1 − y²); dbias [c] = Σ dx over all axes but
 * the last.
 */
export const BIAS_TANH_GRAD = "BiasTanhGrad";

/** y = tanh(x + bias), `bias` having one number for each of x's last axis: a generator's last layer. */
export function biasTanh(x: tf.Tensor4D, bias: tf.Tensor): tf.Tensor4D {
  if (!hasKernel(BIAS_TANH)) return composite(x, bias);
  return runKernel(BIAS_TANH, { x, bias }, {})[0] as tf.Tensor4D;
}

function composite(x: tf.Tensor, bias: tf.Tensor): tf.Tensor4D {
  return tf.tanh(tf.add(x, bias) as tf.Tensor4D);
}

export const biasTanhGradient: tf.GradConfig = {
  kernelName: BIAS_TANH,
  inputsToSave: ["x", "bias"],
  outputsToSave: [true],
  gradFunc: (dys, [x, bias, y]) => {
    const dy = dys as tf.Tensor;
    const [dx, dbias] = isDifferentiatedAgain()
      ? tf.grads(composite)([x, bias], dy)
      : runKernel(BIAS_TANH_GRAD, { dy, y }, {});
    return { x: () => dx, bias: () => dbias };
  },
};
