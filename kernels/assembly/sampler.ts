/**
 * A generator's forward pass, for sampler/wasm/: `runProgram` runs the kernels of a table.
 */
export { openProgram, runProgram } from "./sampler_program.ts";
