/**
 * Training on tfjs's WASM backend: threads in Deno, the kernels that it lacks, gradients of
 * gradients; and the fused operations of a training step, on every backend.
 */
export { registerGradients } from "./gradients.ts";
export { batchNormLeakyRelu } from "./ops/batch_norm_leaky_relu.ts";
export { biasLeakyRelu } from "./ops/bias_leaky_relu.ts";
export { biasTanh } from "./ops/bias_tanh.ts";
export { clip, updateAverages, updateByAdam, updateByRmsProp } from "./ops/updates.ts";
export { type StartedWasm, type StartOptions, startWasm } from "./start_wasm.ts";
