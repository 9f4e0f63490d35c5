/** What ganlet's programs on tfjs's WebGPU backend are asked to be beside right, which ops_test.ts tests. */
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { countStep, startStock } from "../../bench/webgpu.ts";
import { clip, registerGradients, updateByAdam } from "../../kernels/mod.ts";
import { installWebGpuKernels } from "../../kernels/webgpu/mod.ts";
import type { Objective } from "../../train/objectives/objective.ts";
import { dcgan } from "../../train/objectives/dcgan.ts";
import { wganGp } from "../../train/objectives/wgan_gp.ts";

import { assertClose, input, resultsOn } from "./oracle.ts";

registerGradients();

/** ganlet's programs on a device with the limits that every GPU has, while `test` runs. */
async function onWebGpu(test: () => Promise<void>): Promise<void> {
  const adapter = await navigator.gpu.requestAdapter();
  const backend = await startStock(adapter!, {});
  const uninstall = installWebGpuKernels(backend);
  try {
    await test();
  } finally {
    uninstall();
    tf.removeBackend("webgpu");
  }
}

// Uploads of a step: the batches, the latents, and the random numbers of the penalty.
const STEPS: [objective: Objective, uploads: number][] = [
  [dcgan, 1 + 1],
  [wganGp, 5 + 6 + 5],
];
for (const [objective, uploads] of STEPS) {
  Deno.test(`a generator step of ${objective.title} on WebGPU has less than half of stock tfjs's dispatches, and uploads what is new`, async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const backend = await startStock(adapter!);
    try {
      const stock = await countStep(objective);
      const uninstall = installWebGpuKernels(backend);
      const ours = await countStep(objective);
      uninstall();
      assert.ok(
        ours.dispatches < stock.dispatches / 2,
        `${ours.dispatches} of ${stock.dispatches}`,
      );
      assert.equal(ours.uploads, uploads);
      assert.equal(ours.uniforms, 0);
      assert.equal(ours.readBacks, 1); // the losses, all at once
    } finally {
      tf.removeBackend("webgpu");
    }
  });
}

Deno.test("an update on WebGPU reaches neither tensors of the same constant nor what was read before", () =>
  onWebGpu(async () => {
    const [one, other] = [tf.ones([6]), tf.ones([6])];
    await Promise.all([tf.add(one, other).data(), tf.neg(other).data()]); // both lie on the GPU now
    const variable = tf.variable(one, false);
    assert.deepEqual([...await variable.data()], Array(6).fill(1));
    clip([variable], 0.5);
    assert.deepEqual([...await variable.data()], Array(6).fill(0.5));
    assert.deepEqual([...await tf.add(other, 0).data()], Array(6).fill(1));
    assert.deepEqual([...await tf.add(tf.ones([6]), 0).data()], Array(6).fill(1));
  }));

Deno.test("Adam on WebGPU updates more tensors than a GPU binds at once", () =>
  onWebGpu(async () => {
    const count = 5; // of four buffers each, where the device binds eight
    const variables = (value: number) =>
      Array.from({ length: count }, (_, i) => tf.variable(tf.fill([i + 1], value), false));
    const [w, m, v] = [variables(1), variables(0), variables(0)];
    const g = Array.from({ length: count }, (_, i) => tf.fill([i + 1], 2));
    updateByAdam(w, g, { m, v }, {
      ...{ learningRate: 0.1, halvedAfter: Infinity, beta1: 0.5, beta2: 0.75, epsilon: 0, t: 1 },
    });
    // m = 0.5 · 2 = 1, v = 0.25 · 4 = 1, rate = 0.1 · √0.25 / 0.5 = 0.1, w = 1 − 0.1 · 1 / 1
    for (const [list, expected] of [[w, 0.9], [m, 1], [v, 1]] as const) {
      for (const tensor of list) {
        const values = await tensor.data();
        assert.ok(values.every((value) => Math.abs(value - expected) < 1e-6), `${values}`);
      }
    }
  }));

Deno.test("Adam's rate on WebGPU is right at any step, from the number that the GPU counts to", () =>
  onWebGpu(async () => {
    for (const [beta1, beta2, halvedAfter] of [[0.5, 0.999, Infinity], [0, 0.9, 300]]) {
      for (const t of [1, 2, 9, 100, 1000, 60_000]) {
        const [w, m, v] = [0, 0, 0].map((value) => tf.variable(tf.fill([1], value), false));
        const slots = { m: beta1 === 0 ? [] : [m], v: [v] };
        const g = tf.fill([1], 1);
        const step = { learningRate: 1, halvedAfter, beta1, beta2, epsilon: 0 };
        let [expected, moment, square] = [0, 0, 0];
        for (const now of [t, t + 1, t + 2]) {
          updateByAdam([w], [g], slots, { ...step, t: now });
          moment = beta1 * moment + 1 - beta1;
          square = beta2 * square + 1 - beta2;
          const slowed = 1 / (1 + (now - 1) / halvedAfter);
          const rate = slowed * Math.sqrt(1 - beta2 ** now) / (1 - beta1 ** now);
          expected -= rate * moment / Math.sqrt(square);
        }
        const [found] = await w.data();
        assert.ok(Math.abs(found / expected - 1) < 1e-5, `step ${t}: ${found}, not ${expected}`);
      }
    }
  }));

// Phases of several sizes, tiles that are not full, channels that are no multiples of 4, sums in several parts.
const CONVOLUTIONS: {
  batch: number;
  edge: number;
  channels: [number, number];
  taps: number;
  stride: number;
  pad: "same" | "valid";
}[] = [
  { batch: 4, edge: 16, channels: [1, 4], taps: 3, stride: 2, pad: "same" },
  { batch: 2, edge: 7, channels: [3, 5], taps: 3, stride: 2, pad: "same" },
  { batch: 2, edge: 9, channels: [4, 37], taps: 4, stride: 3, pad: "valid" },
  { batch: 4, edge: 4, channels: [8, 1], taps: 4, stride: 1, pad: "valid" },
  { batch: 40, edge: 16, channels: [4, 8], taps: 3, stride: 2, pad: "same" },
  { batch: 2, edge: 8, channels: [5, 8], taps: 1, stride: 2, pad: "valid" },
];
for (const { batch, edge, channels: [inputs, outputs], taps, stride, pad } of CONVOLUTIONS) {
  Deno.test(`gradients of a ${taps}x${taps} convolution of stride ${stride}, ${inputs} to ${outputs} channels, on WebGPU equal cpu's`, async () => {
    const out = pad === "same" ? Math.ceil(edge / stride) : Math.ceil((edge - taps + 1) / stride);
    const given = [
      input([batch, edge, edge, inputs], 1),
      input([taps, taps, inputs, outputs], 2),
      input([batch, out, out, outputs], 3),
    ];
    const convolve = (x: tf.Tensor, w: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
    const gradients = (x: tf.Tensor, w: tf.Tensor, dy: tf.Tensor) => tf.grads(convolve)([x, w], dy);
    const expected = await resultsOn("cpu", given, gradients);
    await onWebGpu(async () => {
      assertClose(await resultsOn("webgpu", given, gradients), expected, 1e-5);
    });
  });
}
