/** The fused operations on WASM, in both builds, on one thread and on two, against core operations on `cpu`. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import * as tf from "@tensorflow/tfjs-core";
import {
  batchNormLeakyRelu,
  biasLeakyRelu,
  biasTanh,
  clip,
  registerGradients,
  startWasm,
  updateAverages,
  updateByAdam,
  updateByRmsProp,
} from "../../kernels/mod.ts";
import { startWebGpuBackend } from "../../train/webgpu.ts";
import { assertClose, type Computation, type Input, input, resultsOn } from "./oracle.ts";

registerGradients();

/** [batch, height, width, channels]: whole and odd numbers of lanes, rows that fill several chunks and end within one. */
const SHAPES = [
  ...[[4, 8, 8, 64], [1, 2, 2, 512], [3, 5, 7, 12]],
  ...[[2, 3, 3, 5], [5, 3, 1, 3], [1, 1, 3, 1], [1, 1, 1, 2]],
  ...[[3, 32, 30, 16], [7, 41, 43, 3], [3, 113, 101, 1]],
];

const settings = { epsilon: 1e-5, alpha: 0.2 };
const norm = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
  batchNormLeakyRelu(x as tf.Tensor4D, gamma, beta, settings);
const leaky = (x: tf.Tensor, bias: tf.Tensor) => biasLeakyRelu(x as tf.Tensor4D, bias, 0.2);
const tanh = (x: tf.Tensor, bias: tf.Tensor) => biasTanh(x as tf.Tensor4D, bias);

interface Case {
  name: string;
  inputs: Input[];
  compute: Computation;
  tolerance: number;
}

/** Shifts values away from 0, as a layer's may be: moments and biases must not cancel. */
const around = (centre: number, { shape, values }: Input): Input => ({
  shape,
  values: values.map((value) => value + centre),
});

function operationsOn(shape: number[]): Case[] {
  const channels = [shape[3]];
  const [x, dy] = [around(3, input(shape, 1)), input(shape, 2)];
  const [gamma, beta, bias] = [
    around(1, input(channels, 3)),
    input(channels, 4),
    input(channels, 5),
  ];
  const centred = input(shape, 6);
  return [
    {
      name: "batch norm + leaky ReLU",
      inputs: [x, gamma, beta],
      compute: (x, gamma, beta) => Object.values(norm(x, gamma, beta)),
      tolerance: 2e-5,
    },
    {
      name: "its gradient",
      inputs: [x, gamma, beta, dy],
      compute: (x, gamma, beta, dy) =>
        tf.grads((...inputs: tf.Tensor[]) => norm(inputs[0], inputs[1], inputs[2]).y)(
          [x, gamma, beta],
          dy,
        ),
      tolerance: 1e-4,
    },
    {
      name: "bias + leaky ReLU and its gradient",
      inputs: [centred, bias, dy],
      compute: (x, bias, dy) => [leaky(x, bias), ...tf.grads(leaky)([x, bias], dy)],
      tolerance: 1e-5,
    },
    {
      name: "bias + tanh and its gradient",
      inputs: [centred, bias, dy],
      compute: (x, bias, dy) => [tanh(x, bias), ...tf.grads(tanh)([x, bias], dy)],
      tolerance: 1e-5,
    },
  ];
}

/** The gradient of a function of a gradient: Σ (dx · weights)² by every input of `f`. */
function secondOrder(f: (...inputs: tf.Tensor[]) => tf.Tensor): Computation {
  return (weights, ...inputs) => {
    const slope = (...at: tf.Tensor[]) =>
      tf.grad((x) => tf.sum(tf.square(f(x, ...at.slice(1)))))(at[0]);
    const penalty = (...at: tf.Tensor[]) => tf.sum(tf.square(tf.mul(slope(...at), weights)));
    return [penalty(...inputs), ...tf.grads(penalty)(inputs)];
  };
}

function secondDerivatives(): Case[] {
  const shape = [3, 4, 5, 6];
  const [weights, x, bias] = [input(shape, 1), input(shape, 2), input([6], 3)];
  return [
    {
      name: "second derivative of batch norm + leaky ReLU",
      inputs: [weights, x, around(1, input([6], 4)), bias],
      compute: secondOrder((x, gamma, beta) => norm(x, gamma, beta).y),
      tolerance: 1e-4,
    },
    {
      name: "second derivative of bias + leaky ReLU",
      inputs: [weights, x, bias],
      compute: secondOrder(leaky),
      tolerance: 1e-5,
    },
    {
      name: "second derivative of bias + tanh",
      inputs: [weights, x, bias],
      compute: secondOrder(tanh),
      tolerance: 1e-4,
    },
  ];
}

/** Sums over neighbouring axes: of runs, of columns by eights and what is left, of one axis among many. */
function sums(): Case[] {
  const axes: [number[], number[]][] = [
    [[5, 13], [1]],
    [[70_001], [0]],
    [[3, 4, 5, 3], [1, 2, 3]],
    [[2, 9, 37], [1]],
    [[6, 7, 2, 16], [0, 1, 2]],
    [[4, 3, 1], [1]],
  ];
  return axes.map(([shape, axis]) => ({
    name: `sum and mean of [${shape}] over ${axis}`,
    inputs: [input(shape, 1)],
    compute: (x) => [tf.sum(x, axis), tf.mean(x, axis)],
    tolerance: 1e-5,
  }));
}

const SIZES = [[3, 3, 5, 7], [1], [4], [33_001], [2, 16_384]];

/** Two updates of variables of many sizes; the results are all variables. */
function updates(): Case[] {
  const tensors = (count: number, positive: number) =>
    Array.from({ length: count }, (_, list) =>
      SIZES.map((size, i) => {
        const values = input(size, 10 * list + i);
        return list >= positive ? { ...values, values: values.values.map(Math.abs) } : values;
      })).flat();
  const withVariables = (
    lists: number,
    update: (
      weights: tf.Variable[],
      gradients: tf.Tensor[],
      slots: tf.Variable[][],
      t: number,
    ) => void,
  ): Computation =>
  (...inputs) => {
    const list = (i: number) => inputs.slice(i * SIZES.length, (i + 1) * SIZES.length);
    const variables = [0, ...Array.from({ length: lists - 2 }, (_, i) => i + 2)]
      .map((i) => list(i).map((t) => tf.variable(t, false)));
    const [weights, ...slots] = variables;
    for (const t of [7, 8]) update(weights, list(1), slots, t);
    // The inputs share the variables' first memory, and an update must not reach them.
    const results = [...variables.flat().map((v) => tf.clone(v as tf.Tensor)), ...inputs];
    tf.dispose(variables);
    return results;
  };
  const adam = { learningRate: 0.01, halvedAfter: 10, beta1: 0.5, beta2: 0.9, epsilon: 1e-8 };
  return [
    {
      name: "Adam",
      inputs: tensors(4, 3),
      compute: withVariables(
        4,
        (w, g, [m, v], t) => updateByAdam(w, g, { m, v }, { ...adam, t }),
      ),
      tolerance: 1e-6,
    },
    {
      name: "Adam without a first moment",
      inputs: tensors(3, 2),
      compute: withVariables(
        3,
        (w, g, [v], t) => updateByAdam(w, g, { m: [], v }, { ...adam, beta1: 0, t }),
      ),
      tolerance: 1e-6,
    },
    {
      name: "RMSProp",
      inputs: tensors(3, 2),
      compute: withVariables(
        3,
        (w, g, [s]) => updateByRmsProp(w, g, s, { rate: 0.01, decay: 0.9, epsilon: 1e-10 }),
      ),
      tolerance: 1e-6,
    },
    {
      name: "moving average",
      inputs: tensors(2, 2),
      compute: withVariables(2, (a, w, _, t) => updateAverages(a, w, { most: 0.9, t })),
      tolerance: 1e-6,
    },
    {
      name: "clipping",
      inputs: tensors(2, 2),
      compute: withVariables(2, (w) => clip(w, 0.5)),
      tolerance: 0,
    },
  ];
}

const CASES = [
  ...SHAPES.flatMap((shape) =>
    operationsOn(shape).map((c) => ({ ...c, name: `${c.name} [${shape}]` }))
  ),
  ...secondDerivatives(),
  ...sums(),
  ...updates(),
];

/** Results of all cases on a fresh backend. */
async function onWasm(threads: number, simd: "relaxed" | "plain"): Promise<Input[][]> {
  const wasm = await startWasm(threads, { simd });
  try {
    const results: Input[][] = [];
    for (const { inputs, compute } of CASES) results.push(await resultsOn("wasm", inputs, compute));
    return results;
  } finally {
    wasm.stop();
  }
}

Deno.test("the fused operations on WASM equal core operations on cpu, and are the same to the bit on any number of threads", async (t) => {
  const expected: Input[][] = [];
  for (const { inputs, compute } of CASES) expected.push(await resultsOn("cpu", inputs, compute));
  for (const simd of ["relaxed", "plain"] as const) {
    const [one, two] = [await onWasm(1, simd), await onWasm(2, simd)];
    await t.step(simd, () =>
      CASES.forEach(({ name, tolerance }, i) => {
        assertClose(one[i], expected[i], tolerance, name);
        two[i].forEach(({ values }, k) =>
          assert.ok(Buffer.from(values.buffer).equals(Buffer.from(one[i][k].values.buffer)), name)
        );
      }));
  }
});

Deno.test("an update on WASM writes where its variables lie, after a copy where they share their memory", async () => {
  const wasm = await startWasm(1);
  try {
    const first = tf.tensor1d([1, 2]);
    const w = tf.variable(first, false);
    const gradient = tf.tensor1d([10, -10]);
    const s = tf.tidy(() => tf.variable(tf.ones([2]), false));
    const step = () => updateByRmsProp([w], [gradient], [s], { rate: 1, decay: 1, epsilon: 0 });
    const ofSlot = s.dataId;
    step();
    const own = w.dataId;
    assert.notEqual(own, first.dataId);
    assert.deepEqual([...first.dataSync()], [1, 2]);
    step();
    assert.equal(w.dataId, own);
    assert.equal(s.dataId, ofSlot);
    assert.deepEqual([...w.dataSync()], [-19, 22]);
  } finally {
    wasm.stop();
  }
});

Deno.test("the fused operations on WebGPU equal core operations on cpu", async (t) => {
  const adapter = await navigator.gpu.requestAdapter();
  await startWebGpuBackend(WebGPUBackend, adapter!);
  try {
    for (const { name, inputs, compute, tolerance } of CASES) {
      const expected = await resultsOn("cpu", inputs, compute);
      const found = await resultsOn("webgpu", inputs, compute);
      await t.step(name, () => assertClose(found, expected, Math.max(tolerance, 1e-5), name));
    }
  } finally {
    tf.removeBackend("webgpu");
  }
});
