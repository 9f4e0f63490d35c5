/**
 * The kernels of a generator's forward pass, for sampler/wasm/: their one argument beside `chunk` and
 * `thread` is the address of a step.
 */
export { computeLayer } from "./sampler_layer.ts";
export { computeImage } from "./sampler_image.ts";
export { computeBlocks, spreadBlocks } from "./sampler_blocks.ts";
