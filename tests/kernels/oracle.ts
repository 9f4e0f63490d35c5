/** Runs one computation on tfjs's `cpu` backend and on another, and compares. */
import assert from "node:assert/strict";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
// Registers the gradients of all core operations.
import "@tensorflow/tfjs-layers";

export interface Input {
  shape: number[];
  values: Float32Array;
}

export type Computation = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Numbers of about unit variance that depend on `seed` and the shape only. */
export function input(shape: number[], seed = 1): Input {
  let state = seed >>> 0;
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 3.4;
  });
  return { shape, values };
}

/** The results of `compute` on `backend`, with everything released. */
export async function resultsOn(
  backend: string,
  inputs: Input[],
  compute: Computation,
): Promise<Input[]> {
  await tf.setBackend(backend);
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(() =>
    compute(...inputs.map(({ values, shape }) => tf.tensor(values, shape, "float32")))
  );
  const results = await Promise.all(tensors.map(async (result) => ({
    shape: result.shape,
    values: await result.data<"float32">(),
  })));
  tf.dispose(tensors);
  assert.equal(tf.memory().numTensors, before, `${backend} leaks tensors`);
  return results;
}

/** Fails unless every value is within `tolerance` times the largest expected magnitude. */
export function assertClose(
  actual: Input[],
  expected: Input[],
  tolerance: number,
  what = "",
): void {
  assert.equal(actual.length, expected.length);
  expected.forEach(({ shape, values }, i) => {
    assert.deepEqual(actual[i].shape, shape, `${what} result ${i}: shape`);
    const scale = values.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-30);
    const found = actual[i].values;
    for (let j = 0; j < values.length; j++) {
      const error = Math.abs(found[j] - values[j]) / scale;
      // Written so that NaN fails; a message only then, because there are millions of values.
      if (!(error <= tolerance)) {
        assert.fail(`${what} result ${i}, element ${j}: ${found[j]}, cpu ${values[j]}`);
      }
    }
  });
}
