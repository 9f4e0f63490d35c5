/** Batch norm + leaky ReLU on WebGPU, two programs each way (ops/batch_norm_leaky_relu.ts has the equations). */
import type * as tf from "@tensorflow/tfjs-core";
import type { BatchNormSettings } from "../ops/batch_norm_leaky_relu.ts";
import { declare, dispatch, f32, type GpuKernel, type WebGpuBackend } from "./backend.ts";
import { type Columns, columnsOf, columnsProgram } from "./columns.ts";

/** Each chunk's mean and sum of squared deviations from it. */
const MOMENTS = `
  var sum = 0f;
  for (var row = first; row < end; row += DOWN) { sum += x[row * CHANNELS + channel]; }
  let mean = total(sum) / rowsOf(group.y);
  var squares = 0f;
  for (var row = first; row < end; row += DOWN) {
    let deviation = x[row * CHANNELS + channel] - mean;
    squares += deviation * deviation;
  }
  let square = total(squares);
  if (inside && index < LANES) {
    sums[place(0u, group.y)] = mean;
    sums[place(1u, group.y)] = square;
  }`;

/** The chunks' moments become the whole's (Chan, Golub and LeVeque 1983), and x is normalised by them. */
const NORMALISE = (alpha: number, epsilon: number) => `
  var weighted = 0f;
  for (var chunk = index / LANES; inside && chunk < CHUNKS; chunk += DOWN) {
    weighted += rowsOf(chunk) * sums[place(0u, chunk)];
  }
  let centre = total(weighted) / f32(ROWS);
  var squares = 0f;
  for (var chunk = index / LANES; inside && chunk < CHUNKS; chunk += DOWN) {
    let deviation = sums[place(0u, chunk)] - centre;
    squares += sums[place(1u, chunk)] + rowsOf(chunk) * deviation * deviation;
  }
  let spread = total(squares) / f32(ROWS);
  if (!inside) { return; }
  if (index < LANES && group.y == 0u) {
    mean[channel] = centre;
    variance[channel] = spread;
  }
  let scale = gamma[channel] * inverseSqrt(spread + ${f32(epsilon)});
  let shift = beta[channel];
  for (var row = first; row < end; row += DOWN) {
    let z = (x[row * CHANNELS + channel] - centre) * scale + shift;
    y[row * CHANNELS + channel] = select(${f32(alpha)} * z, z, z > 0);
  }`;

/** Each chunk's Σ dz and Σ dz x̂; the first chunk's workgroups also put a channel's constants behind all sums. */
const GRADIENT_SUMS = (alpha: number, epsilon: number) => `
  var beta_ = 0f;
  var gamma_ = 0f;
  if (inside) {
    let centre = mean[channel];
    let scale = inverseSqrt(variance[channel] + ${f32(epsilon)});
    let slope = gamma[channel];
    let shift = beta[channel];
    for (var row = first; row < end; row += DOWN) {
      let at = row * CHANNELS + channel;
      let normal = (x[at] - centre) * scale;
      let dz = dy[at] * select(${f32(alpha)}, 1f, normal * slope + shift > 0);
      beta_ += dz;
      gamma_ += dz * normal;
    }
    if (index < LANES && group.y == 0u) {
      sums[place(2u, 0u)] = centre;
      sums[place(2u, 0u) + CHANNELS] = scale;
      sums[place(2u, 0u) + 2u * CHANNELS] = slope;
      sums[place(2u, 0u) + 3u * CHANNELS] = shift;
    }
  }
  let betas = total(beta_);
  let gammas = total(gamma_);
  if (inside && index < LANES) {
    sums[place(0u, group.y)] = betas;
    sums[place(1u, group.y)] = gammas;
  }`;

const GRADIENT = (alpha: number) => `
  var beta_ = 0f;
  var gamma_ = 0f;
  for (var chunk = index / LANES; inside && chunk < CHUNKS; chunk += DOWN) {
    beta_ += sums[place(0u, chunk)];
    gamma_ += sums[place(1u, chunk)];
  }
  let betas = total(beta_);
  let gammas = total(gamma_);
  if (!inside) { return; }
  if (index < LANES && group.y == 0u) {
    dbeta[channel] = betas;
    dgamma[channel] = gammas;
  }
  let centre = sums[place(2u, 0u)];
  let scale = sums[place(2u, 0u) + CHANNELS];
  let slope = sums[place(2u, 0u) + 2u * CHANNELS];
  let shift = sums[place(2u, 0u) + 3u * CHANNELS];
  for (var row = first; row < end; row += DOWN) {
    let at = row * CHANNELS + channel;
    let normal = (x[at] - centre) * scale;
    let dz = dy[at] * select(${f32(alpha)}, 1f, normal * slope + shift > 0);
    dx[at] = slope * scale * (dz - (betas + normal * gammas) / f32(ROWS));
  }`;

export const batchNormLeakyRelu: GpuKernel = (inputs, attrs, backend) => {
  const { x, gamma, beta } = inputs;
  const { alpha, epsilon } = attrs as unknown as BatchNormSettings;
  const columns = columnsOf(x.shape);
  const y = backend.makeTensorInfo(x.shape, "float32");
  const [mean, variance] = [0, 1].map(() => backend.makeTensorInfo([columns.channels], "float32"));
  inTwoPrograms(backend, columns, 0, {
    first: { names: ["x", "*sums"], tensors: [x], body: MOMENTS },
    second: {
      names: ["x", "gamma", "beta", "*y", "*mean", "*variance", "sums"],
      tensors: [x, gamma, beta, y, mean, variance],
      body: NORMALISE(alpha, epsilon),
    },
  });
  return [y, mean, variance];
};

export const batchNormLeakyReluGradient: GpuKernel = (inputs, attrs, backend) => {
  const { dy, x, gamma, beta, mean, variance } = inputs;
  const { alpha, epsilon } = attrs as unknown as BatchNormSettings;
  const columns = columnsOf(x.shape);
  const dx = backend.makeTensorInfo(x.shape, "float32");
  const [dgamma, dbeta] = [gamma, beta].map(({ shape }) =>
    backend.makeTensorInfo(shape, "float32")
  );
  inTwoPrograms(backend, columns, 4, {
    first: {
      names: ["dy", "x", "gamma", "beta", "mean", "variance", "*sums"],
      tensors: [dy, x, gamma, beta, mean, variance],
      body: GRADIENT_SUMS(alpha, epsilon),
    },
    // Six buffers: the first program has laid the channels' constants beside the sums, for a GPU may bind no more than eight.
    second: {
      names: ["dy", "x", "*dx", "*dgamma", "*dbeta", "sums"],
      tensors: [dy, x, dx, dgamma, dbeta],
      body: GRADIENT(alpha),
    },
  });
  return [dx, dgamma, dbeta];
};

interface Part {
  readonly names: readonly string[];
  /** All but `sums`, the last name. */
  readonly tensors: readonly tf.TensorInfo[];
  readonly body: string;
}

/** Runs two programs that share two sums of each chunk, and `constants` numbers a channel behind them. */
function inTwoPrograms(
  backend: WebGpuBackend,
  columns: Columns,
  constants: number,
  { first, second }: { first: Part; second: Part },
): void {
  const { channels, chunks, workgroups } = columns;
  const sums = backend.makeTensorInfo([(2 * chunks + constants) * channels], "float32");
  for (const { names, tensors, body } of [first, second]) {
    dispatch(backend, {
      code: columnsProgram(columns, declare(names), body),
      tensors: [...tensors, sums],
      workgroups,
    });
  }
  backend.disposeData(sums.dataId);
}
