/** The WASM kernels of ops/batch_norm_leaky_relu.ts. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type * as tf from "@tensorflow/tfjs-core";
import {
  addressOf,
  float32Heap,
  floatOffset,
  type FusedKernel,
  kernelsOf,
  newTensor,
} from "./backend.ts";
import type { BatchNormSettings } from "./ops/batch_norm_leaky_relu.ts";
import { type Rows, rowsOf, sumOfChunks, writeRow } from "./rows.ts";

const FLOAT = 4;

export const batchNormLeakyRelu: FusedKernel = ({ x, gamma, beta }, attrs, backend) => {
  const { epsilon, alpha } = attrs as unknown as BatchNormSettings;
  const rows = rowsOf(x);
  const { size, channels, width, part, chunks } = rows;
  const y = newTensor(backend, x.shape);
  const [mean, variance] = [newTensor(backend, [channels]), newTensor(backend, [channels])];
  const kernels = kernelsOf(backend);
  const from = addressOf(backend, x);
  const partial = kernels.scratch("partial", 2 * chunks * width * FLOAT);
  const lanes = kernels.scratch("lanes", 3 * width * FLOAT);
  kernels.parallel("chunkMoments", chunks, from, size, width, part, partial);
  const heap = float32Heap(backend);
  writeMoments(heap, {
    x: floatOffset(backend, x),
    partial: partial / FLOAT,
    mean: floatOffset(backend, mean),
    variance: floatOffset(backend, variance),
  }, rows);
  writeForwardRows(backend, lanes / FLOAT, rows, { mean, variance, gamma, beta }, epsilon);
  const to = addressOf(backend, y);
  kernels.parallel("batchNormLeakyRelu", chunks, from, to, size, width, part, lanes, alpha);
  return [y, mean, variance];
};

/**
 * Moments of each channel from every chunk's sums of d and d² for each lane (Chan, Golub and LeVeque,
 * 1979); d is the difference from the lane's first value in the chunk.
 */
function writeMoments(
  heap: Float32Array,
  { x, partial, mean, variance }: Record<"x" | "partial" | "mean" | "variance", number>,
  { size, channels, width, part, chunks }: Rows,
): void {
  const counts = new Float64Array(channels);
  const means = new Float64Array(channels), squares = new Float64Array(channels);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const first = x + chunk * part, sums = partial + 2 * chunk * width;
    const taken = Math.min(part, size - chunk * part);
    for (let lane = 0, c = 0; lane < width; lane++) {
      const seen = Math.ceil((taken - lane) / width);
      if (seen <= 0) break; // a last row that is cut short
      const sum = heap[sums + lane];
      const before = counts[c], all = before + seen;
      const apart = heap[first + lane] + sum / seen - means[c];
      squares[c] += heap[sums + width + lane] - sum * sum / seen +
        apart * apart * before * seen / all;
      means[c] += apart * seen / all;
      counts[c] = all;
      if (++c === channels) c = 0;
    }
  }
  for (let c = 0; c < channels; c++) {
    heap[mean + c] = means[c];
    heap[variance + c] = Math.max(0, squares[c]) / counts[c];
  }
}

/** The rows mean, scale and beta, scale being γ / √(σ² + ε). */
function writeForwardRows(
  backend: BackendWasm,
  at: number,
  rows: Rows,
  { mean, variance, gamma, beta }: Record<"mean" | "variance" | "gamma" | "beta", tf.TensorInfo>,
  epsilon: number,
): void {
  const heap = float32Heap(backend);
  const [means, variances] = [floatOffset(backend, mean), floatOffset(backend, variance)];
  const [gammas, betas] = [floatOffset(backend, gamma), floatOffset(backend, beta)];
  writeRow(heap, at, rows, (c) => heap[means + c]);
  writeRow(
    heap,
    at + rows.width,
    rows,
    (c) => heap[gammas + c] / Math.sqrt(heap[variances + c] + epsilon),
  );
  writeRow(heap, at + 2 * rows.width, rows, (c) => heap[betas + c]);
}

export const batchNormLeakyReluGradient: FusedKernel = (inputs, attrs, backend) => {
  const { dy, x, gamma, beta, mean, variance } = inputs;
  const { epsilon, alpha } = attrs as unknown as BatchNormSettings;
  const rows = rowsOf(x);
  const { size, channels, width, part, chunks } = rows;
  const dx = newTensor(backend, x.shape);
  const [dgamma, dbeta] = [newTensor(backend, [channels]), newTensor(backend, [channels])];
  const kernels = kernelsOf(backend);
  const [fromDy, fromX] = [addressOf(backend, dy), addressOf(backend, x)];
  const partial = kernels.scratch("partial", 2 * chunks * width * FLOAT);
  const lanes = kernels.scratch("lanes", 5 * width * FLOAT);
  const at = lanes / FLOAT;
  writeForwardRows(backend, at, rows, { mean, variance, gamma, beta }, epsilon);
  const shared = [size, width, part, lanes, alpha];
  kernels.parallel("batchNormSums", chunks, fromDy, fromX, ...shared, partial);

  const heap = float32Heap(backend);
  const sums = sumOfChunks(heap, partial / FLOAT, 2 * width, rows);
  const products = sumOfChunks(heap, partial / FLOAT + width, 2 * width, rows);
  const [gammas, variances] = [floatOffset(backend, gamma), floatOffset(backend, variance)];
  const [dgammas, dbetas] = [floatOffset(backend, dgamma), floatOffset(backend, dbeta)];
  const count = size / channels;
  const inverse = (c: number) => 1 / Math.sqrt(heap[variances + c] + epsilon);
  for (let c = 0; c < channels; c++) {
    heap[dgammas + c] = products[c] * inverse(c);
    heap[dbetas + c] = sums[c];
  }
  const scale = (c: number) => heap[gammas + c] * inverse(c);
  writeRow(heap, at + 3 * width, rows, (c) => scale(c) * sums[c] / count);
  writeRow(heap, at + 4 * width, rows, (c) => scale(c) * inverse(c) ** 2 * products[c] / count);
  const to = addressOf(backend, dx);
  kernels.parallel("batchNormGradient", chunks, fromDy, fromX, to, ...shared);
  return [dx, dgamma, dbeta];
};
