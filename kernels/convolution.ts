/** The geometry that a convolution and its two gradients share. */
import * as tf from "@tensorflow/tfjs-core";

export type Shape4D = [number, number, number, number];
export type Convolution = tf.backend_util.Conv2DInfo;

/**
 * Sizes, strides and padding of the convolution of `inputShape` [n, h, w, c] by `filterShape`
 * [k, l, c, o] with a gradient kernel's attributes. Throws on channels-first data.
 */
export function convolutionOf(
  inputShape: Shape4D,
  filterShape: Shape4D,
  attrs: Record<string, unknown>,
): Convolution {
  if (attrs.dataFormat && attrs.dataFormat !== "NHWC") {
    throw new Error(`Convolution gradients on WASM need NHWC data, not ${attrs.dataFormat}`);
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    attrs.strides as number | [number, number],
    1,
    attrs.pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4],
    attrs.dimRoundingMode as "floor" | "round" | "ceil" | undefined,
  );
}

/**
 * Whether the filter covers the whole input and gives one pixel: a dense layer, one matrix product.
 */
export function isDense(conv: Convolution): boolean {
  return conv.outHeight === 1 && conv.outWidth === 1 &&
    conv.padInfo.top === 0 && conv.padInfo.left === 0 &&
    conv.inHeight === conv.filterHeight && conv.inWidth === conv.filterWidth;
}
