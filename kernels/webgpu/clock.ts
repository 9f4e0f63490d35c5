/**
 * The number of a step, kept on the GPU: what depends on it is computed there and nothing is sent. Each
 * program of a step reads one buffer and writes the other, as its workgroups run in no order.
 */
import type * as tf from "@tensorflow/tfjs-core";
import { ownBuffer } from "./constants.ts";
import type { WebGpuBackend } from "./backend.ts";

interface Clock {
  t: number;
  /** The first holds t. */
  readonly buffers: [tf.TensorInfo, tf.TensorInfo];
}

const clocks = new WeakMap<tf.DataId, Clock>();

/**
 * The buffers that hold t − 1 and are to get t. The clock belongs to `owner`, a variable that each step
 * updates, and is set where the steps do not follow one another: at the start, and when a run goes on.
 */
export function tick(
  backend: WebGpuBackend,
  { dataId: owner }: tf.TensorInfo,
  t: number,
): readonly [before: tf.TensorInfo, after: tf.TensorInfo] {
  let clock = clocks.get(owner);
  if (clock?.t !== t - 1) {
    clock?.buffers.forEach(({ dataId }) => backend.disposeData(dataId));
    const at = () => backend.makeTensorInfo([1], "float32", Float32Array.of(t - 1));
    clock = { t: t - 1, buffers: [at(), at()] };
    clock.buffers.forEach(({ dataId }) => ownBuffer(backend, dataId));
    clocks.set(owner, clock);
  }
  const [before, after] = clock.buffers;
  clock.t = t;
  clock.buffers.reverse();
  return [before, after];
}
