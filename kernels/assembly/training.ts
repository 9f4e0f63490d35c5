/**
 * The kernels for training. To add one: write an exported function whose first parameters are
 * `chunk` and `thread` (see README.md), export it here, `deno task build:kernels`, and call it by
 * name: `kernelsOf(backend).parallel("name", chunks, ...arguments)`.
 */
export {
  biasLeakyRelu,
  biasLeakyReluGradient,
  biasTanh,
  biasTanhGradient,
  timesLeakyReluSlope,
} from "./activations.ts";
export {
  batchNormGradient,
  batchNormLeakyRelu,
  batchNormSums,
  chunkMoments,
} from "./batch_norm.ts";
export { convolve, packTaps } from "./convolve.ts";
export { filterGradient, sumParts } from "./filter_gradient.ts";
export { multiplyBlock } from "./mat_mul.ts";
export { reduce } from "./reduce.ts";
export { transpose } from "./transpose.ts";
export { adam, clip, movingAverage, rmsProp } from "./updates.ts";
