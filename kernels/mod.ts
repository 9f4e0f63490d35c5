/**
 * Training on tfjs's WASM backend: threads in Deno, the kernels that it lacks, gradients of
 * gradients.
 */
export { registerGradients } from "./gradients.ts";
export { type StartedWasm, type StartOptions, startWasm } from "./start_wasm.ts";
