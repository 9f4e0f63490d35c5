import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { startWasm } from "../../kernels/mod.ts";
import { mergeAxes } from "../../kernels/transpose.ts";
import { assertClose, type Computation, type Input, input, resultsOn } from "./oracle.ts";

/** A test that runs with the WASM backend on one thread, or on `threads`. */
function wasmTest(name: string, run: () => Promise<void> | void, threads = 1): void {
  Deno.test(name, async () => {
    const wasm = await startWasm(threads);
    try {
      await run();
    } finally {
      wasm.stop();
    }
  });
}

/** A test of each build of our kernels, on one thread and on two. */
function onEveryBuild(name: string, run: () => Promise<void>): void {
  for (const simd of ["relaxed", "plain"] as const) {
    for (const threads of [1, 2]) {
      Deno.test(`${name}: ${simd}, ${threads} threads`, async () => {
        const wasm = await startWasm(threads, { simd });
        try {
          await run();
        } finally {
          wasm.stop();
        }
      });
    }
  }
}

async function assertEqualsCpu(
  inputs: Input[],
  compute: Computation,
  tolerance: number,
  what: string,
): Promise<void> {
  const expected = await resultsOn("cpu", inputs, compute);
  assertClose(await resultsOn("wasm", inputs, compute), expected, tolerance, what);
}

function permutations(count: number): number[][] {
  if (count === 0) return [[]];
  return permutations(count - 1).flatMap((rest) =>
    Array.from({ length: count }, (_, at) => rest.toSpliced(at, 0, count - 1))
  );
}

Deno.test("mergeAxes() drops axes of size 1 and merges neighbours", () => {
  assert.deepEqual(mergeAxes([64, 8, 8, 32], [3, 1, 2, 0]), {
    shape: [64, 64, 32],
    perm: [2, 1, 0],
  });
  assert.deepEqual(mergeAxes([5, 1, 7], [2, 1, 0]), { shape: [5, 7], perm: [1, 0] });
  assert.deepEqual(mergeAxes([2, 3, 1, 4], [2, 0, 3, 1]), { shape: [2, 3, 4], perm: [0, 2, 1] });
  assert.deepEqual(mergeAxes([2, 3, 4], [0, 1, 2]), { shape: [24], perm: [0] });
});

onEveryBuild("transpose() equals cpu for every permutation of up to five axes", async () => {
  for (const shape of [[19, 134], [3, 17, 5], [18, 3, 4, 21], [5, 1, 6, 1], [2, 3, 2, 4, 3]]) {
    for (const perm of permutations(shape.length)) {
      const compute: Computation = (x) => [tf.transpose(x, perm)];
      await assertEqualsCpu([input(shape)], compute, 0, `${shape} by ${perm}`);
    }
  }
});

wasmTest("transpose() of integers equals cpu", async () => {
  const compute: Computation = (x) => [tf.transpose(tf.cast(x, "int32"), [1, 0, 2])];
  await assertEqualsCpu([input([4, 5, 6])], compute, 0, "int32");
});

wasmTest("sum() and mean() equal cpu over any axes", async () => {
  for (const shape of [[7], [5, 33], [3, 4, 6], [5, 3, 4, 9], [1, 6, 1, 3]]) {
    const axes = shape.map((_, axis) => axis);
    const subsets = Array.from(
      { length: 1 << shape.length },
      (_, bits) => axes.filter((axis) => bits >> axis & 1),
    );
    for (const axis of [undefined, -1, ...subsets]) {
      for (const keepDims of [false, true]) {
        const compute: Computation = (x) => [tf.sum(x, axis, keepDims), tf.mean(x, axis, keepDims)];
        const what = `${shape} over ${axis}, keepDims ${keepDims}`;
        await assertEqualsCpu([input(shape)], compute, 1e-6, what);
      }
    }
  }
});

wasmTest("sum() of integers equals cpu", async () => {
  const compute: Computation = (x) => [tf.sum(tf.cast(tf.mul(x, 100), "int32"), 0)];
  await assertEqualsCpu([input([6, 5])], compute, 0, "int32");
});

wasmTest("sum() and mean() of a million equal terms are exact to float32", () => {
  // In float32 the running sum alone would be off by a percent.
  const tenth = Math.fround(0.1);
  for (
    const [shape, axis] of [[[1_000_000], 0], [[1_000_000, 2], 0], [[2, 1_000_000], 1]] as const
  ) {
    const x = tf.fill([...shape], 0.1);
    for (const sum of tf.sum(x, axis).dataSync()) assert.equal(sum, Math.fround(1e6 * tenth));
    for (const mean of tf.mean(x, axis).dataSync()) assert.equal(mean, tenth);
  }
});

wasmTest("sum() and mean() over no element are 0 and NaN, as on cpu", async () => {
  const compute: Computation = () => [tf.sum(tf.zeros([0, 3]), 0), tf.mean(tf.zeros([0, 3]), 0)];
  const [sum, mean] = await resultsOn("wasm", [], compute);
  assert.deepEqual([...sum.values], [0, 0, 0]);
  assert.deepEqual([...mean.values], [NaN, NaN, NaN]);
});

const extremes = {
  shape: [11],
  values: new Float32Array([0, -0, 1e-30, -1e-30, 1e-8, 1, -1, 9, -9, 88, -88]),
};

for (const threads of [1, 2]) {
  wasmTest(`leakyRelu() and tanh() equal cpu, threads ${threads}`, async () => {
    for (const x of [input([3, 5, 7, 33]), input([70_001]), extremes]) {
      const compute: Computation = (x) => [tf.leakyRelu(x, 0.2), tf.tanh(x)];
      await assertEqualsCpu([x], compute, 2e-7, `${x.shape}`);
    }
  }, threads);
}

wasmTest("leakyRelu() and tanh() of a scalar equal cpu", async () => {
  await assertEqualsCpu([input([])], (x) => [tf.leakyRelu(x, 0.1), tf.tanh(x)], 2e-7, "scalar");
});

wasmTest("leakyRelu(), tanh(), sum() and mean() pass NaN on and keep infinities", () => {
  const x = tf.tensor1d([NaN, Infinity, -Infinity]);
  assert.deepEqual([...tf.leakyRelu(x, 0.2).dataSync()], [NaN, Infinity, -Infinity]);
  assert.deepEqual([...tf.tanh(x).dataSync()], [NaN, 1, -1]);
  assert.deepEqual([tf.sum(x).dataSync()[0], tf.mean(x).dataSync()[0]], [NaN, NaN]);
});

wasmTest("batch normalisation in core operations has cpu's values and gradients", async () => {
  const normalise = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
    const centred = tf.sub(x, tf.mean(x, [0, 1, 2]));
    const variance = tf.mean(tf.square(centred), [0, 1, 2]);
    return tf.add(tf.mul(centred, tf.mul(gamma, tf.rsqrt(tf.add(variance, 1e-5)))), beta);
  };
  const compute: Computation = (x, gamma, beta, dy) => [
    normalise(x, gamma, beta),
    ...tf.grads(normalise)([x, gamma, beta], dy),
  ];
  const inputs = [input([4, 6, 5, 8]), input([8], 2), input([8], 3), input([4, 6, 5, 8], 4)];
  await assertEqualsCpu(inputs, compute, 2e-6, "batch normalisation");
});

/** [batch of a, batch of b, rows, depth, columns]: the tails of tiles of 6 x 8, blocks of 96 x 384. */
const products: [number[], number[], number, number, number][] = [
  [[], [], 5, 7, 9],
  [[1], [1], 6, 1, 8],
  [[3], [3], 7, 2, 17],
  [[3], [1], 13, 3, 7],
  [[1], [2], 2, 5, 8],
  [[2, 2], [2, 2], 4, 6, 5],
  [[], [], 1, 390, 1],
  [[], [], 101, 391, 12],
  [[], [], 400, 5, 33],
  [[], [], 12, 100, 301],
];

onEveryBuild("matMul() equals cpu for every transposition", async () => {
  for (const [batchA, batchB, rows, depth, columns] of products) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = input([...batchA, ...(transposeA ? [depth, rows] : [rows, depth])], 1);
        const b = input([...batchB, ...(transposeB ? [columns, depth] : [depth, columns])], 2);
        const compute: Computation = (a, b) => [tf.matMul(a, b, transposeA, transposeB)];
        const what = `${a.shape} by ${b.shape} ${transposeA} ${transposeB}`;
        await assertEqualsCpu([a, b], compute, 2e-6, what);
      }
    }
  }
});

wasmTest("clone() shares its data until the last holder is disposed", () => {
  const before = tf.memory();
  const x = tf.tensor1d([1, 2, 3]);
  const copy = tf.clone(x), second = tf.cast(copy, "float32");
  assert.equal(tf.memory().numDataBuffers, before.numDataBuffers + 1);
  x.dispose();
  copy.dispose();
  assert.deepEqual([...second.dataSync()], [1, 2, 3]);
  second.dispose();
  assert.deepEqual(tf.memory().numDataBuffers, before.numDataBuffers);
});

wasmTest("assigning to a variable leaves its clone as it was", () => {
  const weights = tf.variable(tf.tensor1d([1, 2]));
  const saved = tf.clone(weights);
  weights.assign(tf.tensor1d([5, 6]));
  assert.deepEqual([...saved.dataSync()], [1, 2]);
  assert.deepEqual([...weights.dataSync()], [5, 6]);
  tf.dispose([weights, saved]);
});

wasmTest("cast() converts between types", () => {
  assert.deepEqual([...tf.cast([1.7, -1.7, 0], "int32").dataSync()], [1, -1, 0]);
  assert.deepEqual([...tf.cast(tf.tensor1d([2, 0], "int32"), "float32").dataSync()], [2, 0]);
});
