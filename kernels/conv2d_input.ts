/**
 * Gradient of a convolution with respect to its input, which is also the forward pass of a
 * transposed convolution:
 *
 *   dx[n, h, w, c] = Σ dy[n, i, j, o] filter[k, l, c, o]  over i, j, k, l, o with
 *   i·stride + k − pad = h,  j·stride + l − pad = w
 *
 * Row h = stride·a + phase meets only the taps k ≡ phase + pad (mod stride), each at
 * i = a + (phase + pad − k) / stride. So each phase of rows and columns is an ordinary small
 * convolution of dy with stride 1, which XNNPACK runs on all threads, and no inserted zero is ever
 * multiplied.
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { float32Heap, floatOffset, type Kernel, newTensor } from "./backend.ts";
import { type Convolution, convolutionOf, isDense, type Shape4D } from "./convolution.ts";
import { transposeBlock } from "./transpose.ts";

/** Conv2DBackpropInput: dy [n, i, j, o] and filter [k, l, c, o] to dx [n, h, w, c]. */
export const conv2DInputGradient: Kernel = (inputs, attrs, backend) =>
  tf.tidy(() => {
    const dy = inputs.dy as tf.Tensor4D;
    const filter = inputs.filter as tf.Tensor4D;
    const shape = attrs.inputShape as Shape4D;
    const conv = convolutionOf(shape, filter.shape, attrs);
    return isDense(conv)
      ? denseInputGradient(dy, filter, shape)
      : phasedInputGradient(conv, dy, filter, backend);
  });

function denseInputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, shape: Shape4D): tf.Tensor {
  const outChannels = filter.shape[3];
  const matrix = tf.reshape(filter, [filter.size / outChannels, outChannels]);
  const rows = tf.reshape(dy, [shape[0], outChannels]);
  // dy · matrixᵀ. XNNPACK repacks its right-hand side slowly: let that be the few rows of dy.
  return tf.reshape(tf.transpose(tf.matMul(matrix, tf.transpose(rows))), shape);
}

/** The taps of one axis for some of its phases, and where each reads dy relative to a. */
interface Axis {
  phases: number;
  taps: { phase: number; tap: number; at: number }[];
}

function axisOf(stride: number, pad: number, filterSize: number): Axis {
  const taps: Axis["taps"] = [];
  for (let phase = 0; phase < stride; phase++) {
    for (let tap = 0; tap < filterSize; tap++) {
      const at = (phase + pad - tap) / stride;
      if (Number.isInteger(at)) taps.push({ phase, tap, at });
    }
  }
  return { phases: stride, taps };
}

function onlyPhase(axis: Axis, wanted: number): Axis {
  const taps = axis.taps.filter(({ phase }) => phase === wanted);
  return { phases: 1, taps: taps.map((tap) => ({ ...tap, phase: 0 })) };
}

// XNNPACK computes eight output channels at a time. With this many channels or fewer in all phases,
// one convolution for all, with zeros for the taps that a phase lacks, beats several that waste
// most lanes.
const FEW_CHANNELS = 32;

function phasedInputGradient(
  conv: Convolution,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  backend: BackendWasm,
): tf.Tensor {
  const { strideHeight, strideWidth, inChannels, padInfo } = conv;
  const down = axisOf(strideHeight, padInfo.top, conv.filterHeight);
  const across = axisOf(strideWidth, padInfo.left, conv.filterWidth);
  const phases = strideHeight * strideWidth;
  if (phases === 1) return convolveTaps(conv, dy, filter, down, across, backend);

  const dx = newTensor(backend, [...conv.inShape]);
  if (phases * inChannels <= FEW_CHANNELS) {
    const all = convolveTaps(conv, dy, filter, down, across, backend);
    for (let p = 0; p < strideHeight; p++) {
      for (let q = 0; q < strideWidth; q++) scatterPhase(conv, all, dx, p, q, backend);
    }
    return dx;
  }
  for (let p = 0; p < strideHeight; p++) {
    for (let q = 0; q < strideWidth; q++) {
      tf.tidy(() => {
        const rows = onlyPhase(down, p), columns = onlyPhase(across, q);
        const one = convolveTaps(conv, dy, filter, rows, columns, backend);
        scatterPhase(conv, one, dx, p, q, backend);
      });
    }
  }
  return dx;
}

/**
 * Convolves dy with those taps of the filter, stride 1:
 *
 *   [n, ⌈h / stride⌉, ⌈w / stride⌉, phases · c], phases in the order of (row phase, column phase)
 */
function convolveTaps(
  conv: Convolution,
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  down: Axis,
  across: Axis,
  backend: BackendWasm,
): tf.Tensor4D {
  const { inChannels, outChannels, outHeight, outWidth } = conv;
  const height = Math.ceil(conv.inHeight / conv.strideHeight);
  const width = Math.ceil(conv.inWidth / conv.strideWidth);
  const channels = down.phases * across.phases * inChannels;
  // A stride longer than the filter leaves phases that no tap reaches.
  if (down.taps.length === 0 || across.taps.length === 0) {
    return tf.zeros([conv.batchSize, height, width, channels]);
  }

  const [top, rows] = extent(down);
  const [left, columns] = extent(across);
  const weights = newTensor(backend, [rows, columns, outChannels, channels]) as tf.Tensor4D;
  const heap = float32Heap(backend);
  const from = floatOffset(backend, filter), to = floatOffset(backend, weights);
  // Not every place of the window is a tap of every phase.
  if (down.taps.length * across.taps.length < rows * columns * down.phases * across.phases) {
    heap.fill(0, to, to + weights.size);
  }
  for (const row of down.taps) {
    for (const column of across.taps) {
      transposeBlock(
        heap,
        inChannels,
        outChannels,
        from + (row.tap * conv.filterWidth + column.tap) * inChannels * outChannels,
        outChannels,
        to + ((row.at - top) * columns + column.at - left) * outChannels * channels +
          (row.phase * across.phases + column.phase) * inChannels,
        channels,
      );
    }
  }
  return convolvePadded(
    dy,
    weights,
    [-top, height - 1 + top + rows - outHeight],
    [-left, width - 1 + left + columns - outWidth],
  );
}

/** The lowest place that the taps read, and how many places lie between it and the highest. */
function extent({ taps }: Axis): [low: number, size: number] {
  const places = taps.map(({ at }) => at);
  const low = Math.min(...places);
  return [low, Math.max(...places) - low + 1];
}

/** Convolution with stride 1 and these paddings; a negative one crops. */
function convolvePadded(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  vertical: [before: number, after: number],
  horizontal: [before: number, after: number],
): tf.Tensor4D {
  const crop = [vertical, horizontal].map((pads) => pads.map((pad) => Math.max(0, -pad)));
  const pad = [vertical, horizontal].map((pads) => pads.map((pad) => Math.max(0, pad)));
  const [batchSize, height, width, channels] = x.shape;
  const read = crop.flat().some((size) => size > 0)
    ? tf.slice(x, [0, crop[0][0], crop[1][0], 0], [
      batchSize,
      height - crop[0][0] - crop[0][1],
      width - crop[1][0] - crop[1][1],
      channels,
    ])
    : x;
  return tf.conv2d(read, filter, 1, [[0, 0], ...pad, [0, 0]] as tf.backend_util.ExplicitPadding);
}

// From here on the call of copyWithin costs less than a loop.
const LONG_RUN = 32;

/**
 * Copies phase (p, q) into every stride-th pixel of dx. `phases` holds one phase or all of them.
 */
function scatterPhase(
  conv: Convolution,
  phases: tf.Tensor4D,
  dx: tf.Tensor,
  p: number,
  q: number,
  backend: BackendWasm,
): void {
  const { batchSize, inHeight, inWidth, inChannels, strideHeight, strideWidth } = conv;
  const [, height, width, channels] = phases.shape;
  const heap = float32Heap(backend);
  const to = floatOffset(backend, dx);
  const from = floatOffset(backend, phases) +
    (channels > inChannels ? (p * strideWidth + q) * inChannels : 0);
  for (let n = 0; n < batchSize; n++) {
    for (let h = p, a = 0; h < inHeight; h += strideHeight, a++) {
      let source = from + (n * height + a) * width * channels;
      let target = to + ((n * inHeight + h) * inWidth + q) * inChannels;
      for (let w = q; w < inWidth; w += strideWidth) {
        if (inChannels < LONG_RUN) {
          for (let c = 0; c < inChannels; c++) heap[target + c] = heap[source + c];
        } else heap.copyWithin(target, source, source + inChannels);
        source += channels;
        target += strideWidth * inChannels;
      }
    }
  }
}
