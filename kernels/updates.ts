/** The WASM kernels of ops/updates.ts: variables are changed where they lie. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { addressOf, type FusedKernel, kernelsOf, words } from "./backend.ts";
import {
  adamRate,
  type AdamStep,
  averageDecay,
  type AverageStep,
  type RmsPropStep,
} from "./ops/updates.ts";

const PART = 32768; // floats of a chunk
const ENTRY_WORDS = 6; // as in assembly/updates.ts

/** Runs f(table, tensors, part, ...rest) on lists of tensors, one after the other in the inputs. */
function update(
  name: string,
  inputs: Record<string, tf.TensorInfo>,
  count: number,
  rest: number[],
  backend: BackendWasm,
): tf.TensorInfo[] {
  const lists = Object.keys(inputs).length / count;
  const kernels = kernelsOf(backend);
  const table = kernels.scratch("table", count * ENTRY_WORDS * 4);
  const heap = words(backend);
  let chunks = 0;
  for (let i = 0; i < count; i++) {
    const size = tf.util.sizeFromShape(inputs[i].shape);
    const at = table / 4 + i * ENTRY_WORDS;
    heap.fill(0, at, at + ENTRY_WORDS);
    heap.set([chunks, size], at);
    for (let list = 0; list < lists; list++) {
      heap[at + 2 + list] = addressOf(backend, inputs[list * count + i]);
    }
    chunks += Math.ceil(size / PART);
  }
  kernels.parallel(name, chunks, table, count, PART, ...rest);
  return [];
}

export const adamUpdate: FusedKernel = (inputs, attrs, backend) => {
  const { count, ...step } = attrs as unknown as AdamStep & { count: number };
  const { beta1, beta2, epsilon } = step;
  const numbers = [adamRate(step), beta1, beta2, 1 - beta1, 1 - beta2, epsilon];
  return update("adam", inputs, count, numbers, backend);
};

export const rmsPropUpdate: FusedKernel = (inputs, attrs, backend) => {
  const { count, rate, decay, epsilon } = attrs as unknown as RmsPropStep & { count: number };
  return update("rmsProp", inputs, count, [rate, decay, 1 - decay, epsilon], backend);
};

export const movingAverageUpdate: FusedKernel = (inputs, attrs, backend) => {
  const { count, ...step } = attrs as unknown as AverageStep & { count: number };
  const decay = averageDecay(step);
  return update("movingAverage", inputs, count, [decay, 1 - decay], backend);
};

export const clipUpdate: FusedKernel = (inputs, attrs, backend) => {
  const { count, bound } = attrs as { count: number; bound: number };
  return update("clip", inputs, count, [bound], backend);
};
