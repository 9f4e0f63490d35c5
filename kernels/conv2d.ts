/** Conv2D and its two gradients by our own kernels. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { addressOf, type Kernel, kernelsOf, newTensor, words } from "./backend.ts";
import { type Convolution, convolutionOf, isDense, type Shape4D } from "./convolution.ts";
import {
  copiedPatch,
  FLOAT,
  type Images,
  roundUp,
  type Tap,
  type View,
  viewBytes,
  writeView,
  zerosAt,
} from "./gather_plan.ts";
import { convolvePhases, type Phase } from "./gathered_convolution.ts";
import { type Matrix, multiply } from "./mat_mul.ts";

const imagesOf = (backend: BackendWasm, x: tf.TensorInfo): Images => ({
  address: addressOf(backend, x),
  shape: x.shape as Shape4D,
});

const rowMajor = (address: number, columns: number): Matrix => ({
  address,
  rowStride: columns * FLOAT,
  columnStride: FLOAT,
});
const transposed = ({ address, rowStride, columnStride }: Matrix): Matrix => ({
  address,
  rowStride: columnStride,
  columnStride: rowStride,
});

/** Conv2D of float32 NHWC images without dilation: x [n, h, w, c], filter [k, l, c, o]. */
export function conv2D(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x, filter } = inputs;
    const dilated = [attrs.dilations ?? 1].flat().some((dilation) => dilation !== 1);
    const isNhwc = (attrs.dataFormat ?? "NHWC") === "NHWC";
    if (dilated || !isNhwc || x.dtype !== "float32" || x.shape.includes(0)) {
      return stock(inputs, attrs, backend);
    }
    const conv = convolutionOf(x.shape as Shape4D, filter.shape as Shape4D, attrs);
    const { batchSize, outChannels, inChannels } = conv;
    const y = newTensor(backend, [...conv.outShape]);
    const address = addressOf(backend, filter);
    if (isDense(conv)) {
      const depth = x.shape[1] * x.shape[2] * inChannels;
      multiply(
        backend,
        rowMajor(addressOf(backend, x), depth),
        rowMajor(address, outChannels),
        addressOf(backend, y),
        [batchSize, outChannels, depth],
      );
      return y;
    }
    const phase = { view: viewOf(conv, imagesOf(backend, x), address), down: 0, across: 0 };
    const strides = { column: FLOAT, depth: outChannels * FLOAT };
    convolvePhases(backend, imagesOf(backend, y), [1, 1], [phase], strides);
    return y;
  };
}

/** How a convolution's output pixels read its input. */
function viewOf(conv: Convolution, source: Images, filter: number): View {
  const taps: Tap[] = [];
  for (let k = 0; k < conv.filterHeight; k++) {
    for (let l = 0; l < conv.filterWidth; l++) {
      const index = k * conv.filterWidth + l;
      taps.push({
        down: k - conv.padInfo.top,
        across: l - conv.padInfo.left,
        filter: filter + index * conv.inChannels * conv.outChannels * FLOAT,
      });
    }
  }
  return {
    source,
    stride: [conv.strideHeight, conv.strideWidth],
    rows: conv.outHeight,
    columns: conv.outWidth,
    taps,
    run: conv.filterWidth,
  };
}

/**
 * Conv2DBackpropInput, which is also the forward pass of a transposed convolution: dy [n, i, j, o]
 * and filter [k, l, c, o] to
 *
 *   dx[n, h, w, c] = Σ dy[n, i, j, o] filter[k, l, c, o]  over i, j, k, l, o with
 *   i·stride + k − pad = h,  j·stride + l − pad = w
 *
 * Row h = stride·a + phase meets only the taps k ≡ phase + pad (mod stride), each at
 * i = a + (phase + pad − k) / stride. So each phase of rows and columns is an ordinary small
 * convolution of dy with stride 1, and no inserted zero is ever multiplied.
 */
export const conv2DInputGradient: Kernel = (inputs, attrs, backend) => {
  const { dy, filter } = inputs;
  const shape = attrs.inputShape as Shape4D;
  const conv = convolutionOf(shape, filter.shape as Shape4D, attrs);
  const dx = newTensor(backend, shape);
  const { batchSize, inChannels, outChannels } = conv;
  const address = addressOf(backend, filter);
  if (isDense(conv)) {
    const size = dx.size / batchSize;
    multiply(
      backend,
      rowMajor(addressOf(backend, dy), outChannels),
      transposed(rowMajor(address, outChannels)),
      addressOf(backend, dx),
      [batchSize, size, outChannels],
    );
    return dx;
  }
  const source = imagesOf(backend, dy);
  const down = axisOf(conv.strideHeight, conv.padInfo.top, conv.filterHeight, conv.inHeight);
  const across = axisOf(conv.strideWidth, conv.padInfo.left, conv.filterWidth, conv.inWidth);
  const phases = down.flatMap((rows, p) =>
    across.map((columns, q): Phase => ({
      down: p,
      across: q,
      view: {
        source,
        stride: [1, 1],
        rows: rows.size,
        columns: columns.size,
        taps: rows.taps.flatMap((row) =>
          columns.taps.map((column): Tap => ({
            down: row.at,
            across: column.at,
            filter: address +
              (row.tap * conv.filterWidth + column.tap) * inChannels * outChannels * FLOAT,
          }))
        ),
        run: 1,
      },
    }))
  ).filter(({ view }) => view.rows * view.columns > 0);
  // The longest first, so that the threads end at about the same time.
  phases.sort((a, b) => b.view.taps.length - a.view.taps.length);
  const strides = { column: outChannels * FLOAT, depth: FLOAT };
  const stride = [conv.strideHeight, conv.strideWidth] as const;
  convolvePhases(backend, imagesOf(backend, dx), stride, phases, strides);
  return dx;
};

/** Of each phase of one axis: its taps, where each reads dy relative to a, and its pixels. */
function axisOf(stride: number, pad: number, filterSize: number, inSize: number) {
  return Array.from({ length: stride }, (_, phase) => {
    const taps: { tap: number; at: number }[] = [];
    for (let tap = 0; tap < filterSize; tap++) {
      const at = (phase + pad - tap) / stride;
      if (Number.isInteger(at)) taps.push({ tap, at });
    }
    return { taps, size: Math.ceil((inSize - phase) / stride) };
  });
}

// As in assembly/filter_gradient.ts.
const BLOCK_PIXELS = 512;
const TILE_BYTES = 192;
const SUM_CHUNK = 16_384;
const BLOCK_ROWS = 48;
const CHUNKS = 12;

/**
 * Conv2DBackpropFilter: x [n, h, w, c] and dy [n, i, j, o] to the filter's gradient
 *
 *   dFilter[k, l, c, o] = Σ x[n, h, w, c] dy[n, i, j, o]  over n, i, j,
 *   h = i·stride + k − pad,  w = j·stride + l − pad
 */
export const conv2DFilterGradient: Kernel = (inputs, attrs, backend) => {
  const { x, dy } = inputs;
  const shape = attrs.filterShape as Shape4D;
  const conv = convolutionOf(x.shape as Shape4D, shape, attrs);
  const gradient = newTensor(backend, shape);
  const { batchSize, outChannels } = conv;
  if (isDense(conv)) {
    const size = gradient.size / outChannels;
    multiply(
      backend,
      transposed(rowMajor(addressOf(backend, x), size)),
      rowMajor(addressOf(backend, dy), outChannels),
      addressOf(backend, gradient),
      [size, outChannels, batchSize],
    );
    return gradient;
  }
  const kernels = kernelsOf(backend);
  const view = viewOf(conv, imagesOf(backend, x), 0);
  const patch = copiedPatch(view);
  const channels = patch || conv.inChannels;
  const rows = view.taps.length * conv.inChannels;
  const pixels = batchSize * conv.outHeight * conv.outWidth;
  const blockRows = Math.min(BLOCK_ROWS, roundUp(rows, 6));
  const blocks = Math.ceil(rows / blockRows);
  const most = Math.ceil(pixels / BLOCK_PIXELS);
  const wanted = Math.min(most, Math.ceil(CHUNKS / blocks));
  const rangePixels = Math.ceil(most / wanted) * BLOCK_PIXELS;
  const ranges = Math.ceil(pixels / rangePixels);

  const touched = Math.min(view.taps.length, Math.ceil(blockRows / channels) + 1);
  const scratchBytes = roundUp(
    TILE_BYTES + BLOCK_PIXELS * (32 + blockRows * FLOAT + touched * 4 + patch * FLOAT),
    64,
  );
  const scratch = kernels.scratch("thread", kernels.threads * scratchBytes);
  const parts = ranges > 1 ? kernels.scratch("parts", ranges * gradient.size * FLOAT) : 0;
  const plan = kernels.scratch("plan", viewBytes(view));
  const zeros = zerosAt(backend, conv.inChannels);
  writeView(words(backend), plan, view, zeros);
  const to = addressOf(backend, gradient);
  kernels.parallel(
    "filterGradient",
    blocks * ranges,
    plan,
    channels,
    rows,
    blockRows,
    addressOf(backend, dy),
    outChannels,
    pixels,
    rangePixels,
    patch ? 1 : 0,
    ranges > 1 ? parts : to,
    scratch,
    scratchBytes,
  );
  if (ranges > 1) {
    const chunks = Math.ceil(gradient.size / SUM_CHUNK);
    kernels.parallel("sumParts", chunks, parts, ranges, gradient.size, to);
  }
  return gradient;
};
