import type { LoadedPlan } from "./engine.ts";
import type { Layer } from "./layers.ts";
import { type Plan, planOf } from "./plan.ts";
import type { Weight } from "./weights.ts";

/**
 * Whether what `load` puts on a backend computes a small generator right, whose image is known from a
 * program of its own (plain loops over the definition of each layer): drivers have been seen to compile
 * shaders to wrong numbers without an error. It goes through every kind of step that a plan has.
 */
export async function computesRight(load: (plan: Plan) => LoadedPlan): Promise<boolean> {
  const { layers, weights, z } = smallGenerator();
  const card = { latentSize: z.length, imageShape: [8, 8, 1] as [number, number, 1] };
  const loaded = load(planOf(layers, weights, card, "the self-check"));
  try {
    const image = await loaded.run(z, 1);
    return EXPECTED.every((value, i) => Math.abs(image[i] - value) < 1e-3);
  } finally {
    loaded.dispose();
  }
}

/** z [4] → 2x2x4 → 4x4x16 → 8x8x1, with batch norm behind the second layer. */
function smallGenerator() {
  const weight = (shape: number[], divisor: number, step = 7): Weight => {
    const length = shape.reduce((a, b) => a * b, 1);
    // Numbers that need no list: 0, 7, 14, … modulo 11, around 0.
    const values = Float32Array.from({ length }, (_, i) => ((i * step) % 11 - 5) / divisor);
    return { shape, values };
  };
  const every = (values: (i: number) => number): Weight => ({
    shape: [16],
    values: Float32Array.from({ length: 16 }, (_, i) => values(i)),
  });
  const layers: Layer[] = [
    { class: "Reshape", name: "latent", target_shape: [1, 1, 4] },
    {
      class: "Conv2DTranspose",
      name: "first",
      filters: 4,
      kernel_size: [2, 2],
      strides: [1, 1],
      padding: "valid",
      use_bias: false,
    },
    { class: "LeakyReLU", name: "firstRelu", alpha: 0.2 },
    { class: "Conv2DTranspose", name: "second", filters: 16, ...UPSCALE, use_bias: false },
    {
      class: "BatchNormalization",
      name: "norm",
      axis: -1,
      epsilon: 1e-5,
      center: true,
      scale: true,
    },
    { class: "LeakyReLU", name: "secondRelu", alpha: 0.2 },
    { class: "Conv2DTranspose", name: "third", filters: 1, ...UPSCALE, use_bias: true },
    { class: "Activation", name: "image", activation: "tanh" },
  ];
  const weights = new Map<string, Weight>([
    ["first/kernel", weight([2, 2, 4, 4], 4)],
    ["second/kernel", weight([3, 3, 16, 4], 16)],
    ["norm/moving_mean", weight([16], 8)],
    ["norm/moving_variance", every((i) => 0.25 + (i % 4) * 0.25)],
    ["norm/gamma", every((i) => 1 + (i % 3) * 0.5)],
    ["norm/beta", weight([16], 8, 5)],
    ["third/kernel", weight([3, 3, 1, 16], 16)],
    ["third/bias", { shape: [1], values: Float32Array.of(0.125) }],
  ]);
  return { layers, weights, z: Float32Array.of(1, -0.5, 0.25, 2) };
}

const UPSCALE = {
  padding: "same" as const,
  kernel_size: [3, 3] as [number, number],
  strides: [2, 2] as [number, number],
};

// deno-fmt-ignore
const EXPECTED = [
  -0.8990, -0.3814, -0.8968, 0.1322, -0.1165, -0.7185, -0.8353, -0.1663,
  0.5694, 0.8385, 0.7505, -0.8917, 0.6430, 0.8430, 0.8111, -0.7008,
  -0.9453, -0.3422, -0.9844, -0.0205, -0.9700, -0.6280, -0.9067, -0.3300,
  0.8077, 0.6682, 0.2979, 0.1281, 0.9012, -0.6957, 0.6787, -0.7201,
  -0.8025, 0.5303, -0.7959, 0.2919, 0.9021, 0.3961, -0.9376, 0.4317,
  0.2981, -0.3089, 0.3806, -0.2657, -0.4915, 0.4892, -0.5356, 0.5354,
  -0.9817, -0.2683, -0.9693, 0.1615, -0.8581, 0.3497, 0.0522, -0.2039,
  0.9765, -0.4725, 0.8384, 0.1943, -0.6109, 0.6035, -0.8993, 0.8252,
];
