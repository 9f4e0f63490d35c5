/**
 * Both gradients of a convolution on WebGPU as tiled products. tfjs's are one loop a number, the input's
 * over all taps of the filter, of which a stride of 2 uses a quarter. (Its convolution is tiled already.)
 */
import * as tf from "@tensorflow/tfjs-core";
import { declare, dispatch, type GpuKernel, type WebGpuBackend } from "./backend.ts";
import { elements } from "./bias.ts";
import { type Factor, type Product, productProgram, tileOf } from "./product.ts";

type Convolution = tf.backend_util.Conv2DInfo;
type Shape4D = [number, number, number, number];

const MOST_WORKGROUPS = 65_535; // along one axis, on every GPU
/** A filter's gradient is few numbers of long sums: so many workgroups share them, each at least so many terms. */
const [WORKGROUPS, LEAST_TERMS] = [256, 2048];

/** A kernel that leaves to tfjs's what it does not do itself. */
export type Replacement = (stock: GpuKernel) => GpuKernel;

/**
 * By phases: the inputs at (stride · m + phase) meet only every stride-th tap of the filter, and are
 * a product of their own.
 */
export const conv2dInputGradient: Replacement = (stock) => (inputs, attrs, backend) => {
  const { dy, filter } = inputs;
  const c = infoOf(attrs.inputShape as number[], filter.shape, attrs);
  if (!c) return stock(inputs, attrs, backend);
  const [sy, sx] = [c.strideHeight, c.strideWidth];
  const rows = c.batchSize * Math.ceil(c.inHeight / sy) * Math.ceil(c.inWidth / sx);
  if (!fits(rows, c.inChannels)) return stock(inputs, attrs, backend);
  const dx = backend.makeTensorInfo(c.inShape, "float32");
  const axes = [
    phases(c.inHeight, c.filterHeight, sy, c.padInfo.top),
    phases(c.inWidth, c.filterWidth, sx, c.padInfo.left),
  ];
  run(backend, [dy, filter, dx], rows, sy * sx, {
    declarations: declare(["dy", "w", "*dx"], {
      dy: isQuad(c.outChannels),
      w: isQuad(c.outChannels),
    }),
    columns: c.inChannels,
    start: `
/** Of a phase along one axis: positions, taps, the first tap, and the output that position 0 meets there. */
struct Phase { positions: u32, taps: u32, first: u32, output: i32 }
${table("phaseY", axes[0])}${table("phaseX", axes[1])}
fn vertical(z: u32) -> Phase { return phaseY(z / ${sx}u); }
fn horizontal(z: u32) -> Phase { return phaseX(z % ${sx}u); }`,
    rows: `${c.batchSize}u * vertical(id.z).positions * horizontal(id.z).positions`,
    end: `vertical(id.z).taps * horizontal(id.z).taps * ${c.outChannels}u`,
    left: factor(
      "dy",
      `pixel * ${c.outChannels}u + k % ${c.outChannels}u`,
      c.outChannels,
      true,
      `
  let v = vertical(group.z);
  let h = horizontal(group.z);
  let m = vec2u(row % h.positions, row / h.positions % v.positions);
  let tap = k / ${c.outChannels}u;
  let at = vec2i(m) + vec2i(h.output, v.output) - vec2i(vec2u(tap % h.taps, tap / h.taps));
  if (any(at < vec2i()) || any(at >= vec2i(${c.outWidth}, ${c.outHeight}))) { return ${
        zero(c.outChannels)
      }; }
  let image = row / (h.positions * v.positions);
  let pixel = (image * ${c.outHeight}u + u32(at.y)) * ${c.outWidth}u + u32(at.x);`,
    ),
    right: factor(
      "w",
      `at * ${c.outChannels}u + k % ${c.outChannels}u`,
      c.outChannels,
      true,
      `
  let v = vertical(group.z);
  let h = horizontal(group.z);
  let tap = k / ${c.outChannels}u;
  let ky = v.first + ${sy}u * (tap / h.taps);
  let kx = h.first + ${sx}u * (tap % h.taps);
  let at = (ky * ${c.filterWidth}u + kx) * ${c.inChannels}u + column;`,
    ),
    put: `
  let v = vertical(group.z);
  let h = horizontal(group.z);
  let m = vec2u(row % h.positions, row / h.positions % v.positions);
  let at = m * vec2u(${sx}, ${sy}) + vec2u(group.z % ${sx}u, group.z / ${sx}u);
  let image = row / (h.positions * v.positions);
  let pixel = (image * ${c.inHeight}u + at.y) * ${c.inWidth}u + at.x;
  dx[pixel * ${c.inChannels}u + column] = value;`,
  });
  return dx;
};

export const conv2dFilterGradient: Replacement = (stock) => (inputs, attrs, backend) => {
  const { x, dy } = inputs;
  const c = infoOf(x.shape, attrs.filterShape as number[], attrs);
  const rows = c && c.filterHeight * c.filterWidth * c.inChannels;
  if (!c || !fits(rows!, c.outChannels)) return stock(inputs, attrs, backend);
  const terms = c.batchSize * c.outHeight * c.outWidth;
  const { height, width } = tileOf(c.outChannels);
  const tiles = Math.ceil(rows! / height) * Math.ceil(c.outChannels / width);
  const parts = Math.max(
    1,
    Math.min(Math.ceil(terms / LEAST_TERMS), Math.ceil(WORKGROUPS / tiles)),
  );
  const size = rows! * c.outChannels;
  const part = Math.ceil(terms / parts);
  const dw = backend.makeTensorInfo(attrs.filterShape as number[], "float32");
  const sums = parts === 1 ? dw : backend.makeTensorInfo([parts * size], "float32");
  run(backend, [x, dy, sums], rows!, parts, {
    declarations: declare(["x", "dy", "*dw"], {
      x: isQuad(c.inChannels),
      dy: isQuad(c.outChannels),
    }),
    columns: c.outChannels,
    rows: `${rows}u`,
    first: `id.z * ${part}u`,
    end: `min(${terms}u, (id.z + 1u) * ${part}u)`,
    left: factor(
      "x",
      `pixel * ${c.inChannels}u + row % ${c.inChannels}u`,
      c.inChannels,
      false,
      `
  let tap = row / ${c.inChannels}u;
  let output = vec2u(k % ${c.outWidth}u, k / ${c.outWidth}u % ${c.outHeight}u);
  let at = vec2i(output * vec2u(${c.strideWidth}, ${c.strideHeight}))
    + vec2i(vec2u(tap % ${c.filterWidth}u, tap / ${c.filterWidth}u))
    - vec2i(${c.padInfo.left}, ${c.padInfo.top});
  if (any(at < vec2i()) || any(at >= vec2i(${c.inWidth}, ${c.inHeight}))) {
    return ${zero(c.inChannels)};
  }
  let image = k / ${c.outWidth * c.outHeight}u;
  let pixel = (image * ${c.inHeight}u + u32(at.y)) * ${c.inWidth}u + u32(at.x);`,
    ),
    right: factor("dy", `k * ${c.outChannels}u + column`, c.outChannels, false),
    put: `dw[group.z * ${size}u + row * ${c.outChannels}u + column] = value;`,
  });
  if (parts > 1) {
    const add = `var sum = 0f;
    for (var part = 0u; part < ${parts}u; part++) { sum += sums[part * ${size}u + at]; }
    dw[at] = sum;`;
    dispatch(backend, { ...elements(size, ["sums", "*dw"], add), tensors: [sums, dw] });
    backend.disposeData(sums.dataId);
  }
  return dw;
};

/** The convolution's sizes, or null for one that is not among ours. */
function infoOf(
  input: readonly number[],
  filter: readonly number[],
  attrs: Record<string, unknown>,
): Convolution | null {
  const { strides, pad, dilations = 1, dataFormat = "NHWC", dimRoundingMode } = attrs;
  const isDilated = [dilations].flat().some((dilation) => dilation !== 1);
  if (isDilated || dataFormat !== "NHWC") return null;
  return tf.backend_util.computeConv2DInfo(
    input as Shape4D,
    filter as Shape4D,
    strides as number,
    1,
    pad as "same",
    dimRoundingMode as "floor",
  );
}

function fits(rows: number, columns: number): boolean {
  return Math.ceil(rows / tileOf(columns).height) <= MOST_WORKGROUPS;
}

/** Whether a tensor whose last axis has so many numbers is read by vec4s. */
const isQuad = (channels: number) => channels % 4 === 0;
const zero = (channels: number) => isQuad(channels) ? "vec4f()" : "0f";

/** A factor that reads a tensor of `channels` at `at`, after `statements`. */
function factor(
  tensor: string,
  at: string,
  channels: number,
  isDeep: boolean,
  statements = "",
): Factor {
  const index = isQuad(channels) ? `(${at}) / 4u` : at;
  return { body: `${statements} return ${tensor}[${index}];`, isDeep, isQuad: isQuad(channels) };
}

interface Phase {
  readonly positions: number;
  readonly taps: number;
  readonly first: number;
  readonly output: number;
}

/** Input i meets output (i + pad − tap) / stride, where that is whole: by i modulo the stride. */
function phases(inputs: number, taps: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: stride }, (_, phase) => {
    const first = (phase + pad) % stride;
    return {
      positions: Math.ceil((inputs - phase) / stride),
      taps: Math.max(0, Math.ceil((taps - first) / stride)),
      first,
      output: (phase + pad - first) / stride,
    };
  });
}

function table(name: string, phases: readonly Phase[]): string {
  const values = phases.map(({ positions, taps, first, output }) =>
    `return Phase(${positions}u, ${taps}u, ${first}u, ${output});`
  );
  const cases = values.slice(1).map((value, i) => `case ${i + 1}u: { ${value} }`);
  return `fn ${name}(index: u32) -> Phase {
  switch index { ${cases.join(" ")} default: { ${values[0]} } }
}
`;
}

function run(
  backend: WebGpuBackend,
  tensors: readonly tf.TensorInfo[],
  rows: number,
  depth: number,
  product: Product,
): void {
  const { height, width } = tileOf(product.columns);
  dispatch(backend, {
    code: productProgram(product),
    tensors,
    workgroups: [Math.ceil(rows / height), Math.ceil(product.columns / width), depth],
  });
}
