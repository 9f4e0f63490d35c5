/**
 * Gradient of a convolution with respect to its filter, one matrix product:
 *
 *   dFilter[k, l, c, o] = Σ x[n, h, w, c] dy[n, i, j, o]  over n, i, j,
 *   h = i·stride + k − pad,  w = j·stride + l − pad
 *
 * that is patchesᵀ [k·l·c, n·i·j] by dy [n·i·j, o]. The patches are gathered transposed, so that
 * the product needs no transposition of its own (XNNPACK has none).
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { float32Heap, floatOffset, type Kernel, newTensor } from "./backend.ts";
import { type Convolution, convolutionOf, isDense, type Shape4D } from "./convolution.ts";
import { copyColumns4 } from "./transpose.ts";

/**
 * Conv2DBackpropFilter: x [n, h, w, c] and dy [n, i, j, o] to the filter's gradient [k, l, c, o].
 */
export const conv2DFilterGradient: Kernel = (inputs, attrs, backend) =>
  tf.tidy(() => {
    const x = inputs.x as tf.Tensor4D;
    const dy = inputs.dy as tf.Tensor4D;
    const shape = attrs.filterShape as Shape4D;
    const conv = convolutionOf(x.shape, shape, attrs);
    const patches = isDense(conv)
      ? tf.transpose(tf.reshape(x, [conv.batchSize, x.size / conv.batchSize]))
      : transposedPatches(conv, x, backend);
    const rows = tf.reshape(dy, [dy.size / conv.outChannels, conv.outChannels]);
    // XNNPACK repacks its right-hand side slowly: where an image has few channels, let that be the
    // patches.
    const narrow = 2 * patches.shape[0] <= conv.outChannels;
    const product = narrow
      ? tf.transpose(tf.matMul(tf.transpose(rows), tf.transpose(patches)))
      : tf.matMul(patches, rows);
    return tf.reshape(product, shape);
  });

/**
 * The input pixel under every tap for every output pixel: [k·l·c, n·i·j], zero outside the image.
 */
function transposedPatches(
  conv: Convolution,
  x: tf.Tensor4D,
  backend: BackendWasm,
): tf.Tensor2D {
  const { filterHeight, filterWidth, inChannels, batchSize, outHeight, outWidth } = conv;
  const pixels = batchSize * outHeight * outWidth;
  const rows = filterHeight * filterWidth * inChannels;
  const out = newTensor(backend, [rows, pixels]) as tf.Tensor2D;
  const outside = tf.zeros([inChannels]);
  const heap = float32Heap(backend);
  const from = floatOffset(backend, x);
  const zero = floatOffset(backend, outside);
  let to = floatOffset(backend, out);
  const sources = new Int32Array(pixels);
  for (let k = 0; k < filterHeight; k++) {
    for (let l = 0; l < filterWidth; l++) {
      locatePixels(conv, k, l, from, zero, sources);
      gatherTransposed(heap, sources, inChannels, to);
      to += inChannels * pixels;
    }
  }
  return out;
}

/**
 * Fills `sources` with the heap offset of the input pixel under tap (k, l) for every output pixel.
 */
function locatePixels(
  conv: Convolution,
  k: number,
  l: number,
  from: number,
  zero: number,
  sources: Int32Array,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth } = conv;
  let pixel = 0;
  for (let n = 0; n < batchSize; n++) {
    for (let i = 0; i < outHeight; i++) {
      const h = i * conv.strideHeight + k - conv.padInfo.top;
      const row = from + (n * inHeight + h) * inWidth * inChannels;
      const inside = h >= 0 && h < inHeight;
      for (let j = 0; j < outWidth; j++) {
        const w = j * conv.strideWidth + l - conv.padInfo.left;
        sources[pixel++] = inside && w >= 0 && w < inWidth ? row + w * inChannels : zero;
      }
    }
  }
}

/** Writes the [sources.length, channels] pixels at `sources` as their transpose to `to`. */
function gatherTransposed(
  heap: Float32Array,
  sources: Int32Array,
  channels: number,
  to: number,
): void {
  const pixels = sources.length;
  const wholePixels = pixels & ~3, wholeChannels = channels & ~3;
  // As in transposeBlock: a cache line of pixels, four channels at a time.
  for (let first = 0; first < wholePixels; first += 16) {
    const last = Math.min(wholePixels, first + 16);
    for (let c = 0; c < wholeChannels; c += 4) {
      for (let p = first; p < last; p += 4) {
        copyColumns4(
          heap,
          sources[p] + c,
          sources[p + 1] + c,
          sources[p + 2] + c,
          sources[p + 3] + c,
          to + c * pixels + p,
          pixels,
        );
      }
    }
  }
  for (let c = 0; c < channels; c++) {
    const start = c < wholeChannels ? wholePixels : 0;
    for (let p = start; p < pixels; p++) heap[to + c * pixels + p] = heap[sources[p] + c];
  }
}
