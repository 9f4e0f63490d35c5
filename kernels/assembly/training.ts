/**
 * The kernels for training. To add one: write an exported function whose first parameters are
 * `chunk` and `thread` (see README.md), export it here, `deno task build:kernels`, and call it by
 * name: `kernelsOf(backend).parallel("name", chunks, ...arguments)`.
 */
export { convolve, packTaps } from "./convolve.ts";
export { multiplyBlock } from "./mat_mul.ts";
export { filterGradient, sumParts } from "./filter_gradient.ts";
export { transpose } from "./transpose.ts";
