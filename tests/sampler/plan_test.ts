import assert from "node:assert/strict";
import type { Layer } from "../../sampler/layers.ts";
import { planOf } from "../../sampler/plan.ts";
import type { Weight } from "../../sampler/weights.ts";

const reshape: Layer = { class: "Reshape", name: "latent", target_shape: [1, 1, 2] };
const tanh: Layer = { class: "Activation", name: "image", activation: "tanh" };
const norm: Layer = {
  class: "BatchNormalization",
  name: "norm",
  axis: -1,
  epsilon: 0,
  center: true,
  scale: true,
};
const relu: Layer = { class: "LeakyReLU", name: "relu", alpha: 0.2 };
type Transposed = Extract<Layer, { class: "Conv2DTranspose" }>;
const dense: Transposed = {
  class: "Conv2DTranspose",
  name: "dense",
  filters: 1,
  kernel_size: [1, 2],
  strides: [1, 1],
  padding: "valid",
  use_bias: true,
};
const upscale: Transposed = {
  class: "Conv2DTranspose",
  name: "upscale",
  filters: 1,
  kernel_size: [2, 2],
  strides: [2, 2],
  padding: "same",
  use_bias: false,
};

const weights = new Map<string, Weight>([
  ["dense/kernel", { shape: [1, 2, 1, 2], values: Float32Array.of(1, 2, 3, 4) }],
  ["dense/bias", { shape: [1], values: Float32Array.of(10) }],
  ["upscale/kernel", { shape: [2, 2, 1, 1], values: Float32Array.of(1, 2, 3, 4) }],
  ["norm/gamma", { shape: [1], values: Float32Array.of(3) }],
  ["norm/beta", { shape: [1], values: Float32Array.of(5) }],
  ["norm/moving_mean", { shape: [1], values: Float32Array.of(1) }],
  ["norm/moving_variance", { shape: [1], values: Float32Array.of(4) }],
]);
const wide = { latentSize: 2, imageShape: [1, 2, 1] as [number, number, 1] };
const plan = (layers: Layer[], { given = weights, card = wide } = {}) =>
  planOf(layers, given, card, "model.json");

Deno.test("planOf() makes a transposed convolution of one pixel a matrix product", () => {
  const [step] = plan([reshape, dense, tanh]).steps;
  assert.ok(step.kind === "dense");
  // y[column] = z[0] · kernel[column][0] + z[1] · kernel[column][1] + 10
  assert.deepEqual([...step.matrix], [1, 3, 2, 4]);
  assert.deepEqual([...step.bias], [10, 10]);
  assert.deepEqual(step.output, [1, 2, 1]);
  assert.equal(step.slope, null);
});

Deno.test("planOf() folds batch norm into the filter and the bias", () => {
  const [step] = plan([reshape, dense, norm, tanh]).steps;
  assert.ok(step.kind === "dense");
  // (y − 1) · 3 / √4 + 5 = 1.5 y + 3.5, so 10 becomes 18.5
  assert.deepEqual([...step.matrix], [1.5, 4.5, 3, 6]);
  assert.deepEqual([...step.bias], [18.5, 18.5]);
});

Deno.test("planOf() leaves the weights it was given as they were", () => {
  plan([reshape, dense, norm, tanh]);
  assert.deepEqual([...weights.get("dense/kernel")!.values], [1, 2, 3, 4]);
  assert.deepEqual([...weights.get("dense/bias")!.values], [10]);
});

Deno.test("planOf() keeps a leaky ReLU with the convolution before it", () => {
  const card = { latentSize: 2, imageShape: [2, 4, 1] as [number, number, 1] };
  const { steps } = plan([reshape, dense, relu, upscale, tanh], { card });
  assert.deepEqual(steps.map(({ kind, slope }) => [kind, slope]), [["dense", 0.2], [
    "upscale",
    null,
  ]]);
});

const wrongGraphs: [what: string, layers: Layer[], message: RegExp][] = [
  ["no tanh at the end", [reshape, dense], /the last layer must be an Activation of tanh/],
  ["a layer after tanh", [reshape, dense, tanh, relu], /"relu" \(LeakyReLU\) follows tanh/],
  ["batch norm after the activation", [reshape, dense, relu, norm, tanh], /"norm" .* must follow/],
  ["tanh after a leaky ReLU", [reshape, dense, relu, tanh], /"image" .* follows no linear layer/],
  ["a convolution of a vector", [dense, tanh], /needs \[height, width, channels\], found \[2\]/],
  [
    "a reshape of another size",
    [{ ...reshape, target_shape: [1, 1, 3] } as Layer, dense, tanh],
    /"latent" \(Reshape\) gives \[1,1,3\] from \[2\]/,
  ],
  [
    "images of another shape than the card's",
    [reshape, dense, upscale, tanh],
    /the layers give images of \[2,4,1\], card.json says \[1,2,1\]/,
  ],
  [
    "a stride larger than the kernel",
    [reshape, dense, { ...upscale, strides: [3, 3] }, tanh],
    /"upscale" is a 2x2 Conv2DTranspose of stride 3, "same", on \[1,2,1\]/,
  ],
  [
    "a valid convolution of several pixels",
    [reshape, dense, { ...upscale, padding: "valid" }, tanh],
    /"valid" on one pixel, "same" elsewhere/,
  ],
];

for (const [what, layers, message] of wrongGraphs) {
  Deno.test(`planOf() refuses ${what}`, () => {
    assert.throws(() => plan(layers), { name: "ModelError", type: "graph", message });
  });
}

Deno.test("planOf() names a weight that is missing or has another shape", () => {
  const without = new Map(weights);
  without.delete("norm/gamma");
  assert.throws(() => plan([reshape, dense, norm, tanh], { given: without }), {
    type: "weights",
    message: 'model.json: expected a weight "norm/gamma" of shape [1], found none',
  });
  const misshapen = new Map(weights).set("dense/bias", {
    shape: [2],
    values: new Float32Array(2),
  });
  assert.throws(() => plan([reshape, dense, tanh], { given: misshapen }), {
    type: "weights",
    message: 'model.json: expected a weight "dense/bias" of shape [1], found [2]',
  });
});

Deno.test("planOf() refuses a negative variance", () => {
  const given = new Map(weights).set("norm/moving_variance", {
    shape: [1],
    values: Float32Array.of(-4),
  });
  assert.throws(() => plan([reshape, dense, norm, tanh], { given }), {
    type: "weights",
    message: /"norm" expected positive variances, found -4/,
  });
});
