import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, startWasm } from "../../kernels/mod.ts";
import { assertClose, type Computation, type Input, input, resultsOn } from "./oracle.ts";

type Filters = tf.Tensor[];

/** Convolutions of stride 2 with leaky ReLU, then one over what is left: a score per image. */
function critic(x: tf.Tensor, filters: Filters): tf.Tensor {
  for (const filter of filters.slice(0, -1)) {
    x = tf.leakyRelu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "same"), 0.2);
  }
  return tf.conv2d(x as tf.Tensor4D, filters.at(-1) as tf.Tensor4D, 1, "valid");
}

/** E[(‖∇ D(x)‖₂ − 1)²] */
function penalty(x: tf.Tensor, filters: Filters): tf.Tensor {
  const slope = tf.grad((x) => tf.sum(critic(x, filters)))(x);
  const norm = tf.sqrt(tf.sum(tf.square(slope), [1, 2, 3]));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}

/** The penalty and its gradient for every filter. */
const penaltyAndGradients: Computation = (x, ...filters) => [
  penalty(x, filters),
  ...tf.grads((...filters) => penalty(x, filters))(filters),
];

// The same in float64 and without any derivative: loops, and differences.

interface Image {
  height: number;
  width: number;
  channels: number;
  values: Float64Array;
}

function convolve64(
  x: Image,
  filter: Float64Array,
  shape: number[],
  stride: number,
  same: boolean,
): Image {
  const [kernelHeight, kernelWidth, , channels] = shape;
  const along = (size: number, kernel: number) => {
    const out = same ? Math.ceil(size / stride) : Math.floor((size - kernel) / stride) + 1;
    const pad = same ? Math.max(0, (out - 1) * stride + kernel - size) : 0;
    return { out, before: Math.floor(pad / 2) };
  };
  const rows = along(x.height, kernelHeight), columns = along(x.width, kernelWidth);
  const values = new Float64Array(rows.out * columns.out * channels);
  for (let i = 0; i < rows.out; i++) {
    for (let j = 0; j < columns.out; j++) {
      for (let k = 0; k < kernelHeight; k++) {
        for (let l = 0; l < kernelWidth; l++) {
          const h = i * stride + k - rows.before, w = j * stride + l - columns.before;
          if (h < 0 || w < 0 || h >= x.height || w >= x.width) continue;
          for (let c = 0; c < x.channels; c++) {
            for (let o = 0; o < channels; o++) {
              values[(i * columns.out + j) * channels + o] +=
                x.values[(h * x.width + w) * x.channels + c] *
                filter[((k * kernelWidth + l) * x.channels + c) * channels + o];
            }
          }
        }
      }
    }
  }
  return { height: rows.out, width: columns.out, channels, values };
}

function critic64(x: Image, filters: Float64Array[], shapes: number[][]): number {
  filters.forEach((filter, i) => {
    const last = i === filters.length - 1;
    x = convolve64(x, filter, shapes[i], last ? 1 : 2, !last);
    if (!last) x = { ...x, values: x.values.map((value) => value > 0 ? value : 0.2 * value) };
  });
  assert.equal(x.values.length, 1);
  return x.values[0];
}

function penalty64(images: Image[], filters: Float64Array[], shapes: number[][]): number {
  const h = 1e-6; // D is linear between kinks: a difference is exact but for rounding
  const terms = images.map((image) => {
    let squares = 0;
    image.values.forEach((value, i) => {
      const [up, down] = [value + h, value - h].map((moved) =>
        critic64({ ...image, values: image.values.with(i, moved) }, filters, shapes)
      );
      squares += ((up - down) / (2 * h)) ** 2;
    });
    return (Math.sqrt(squares) - 1) ** 2;
  });
  return terms.reduce((sum, term) => sum + term, 0) / images.length;
}

function oracle(x: Input, filters: Input[]): Input[] {
  const [batchSize, height, width, channels] = x.shape;
  const size = height * width * channels;
  const images = Array.from({ length: batchSize }, (_, n) => ({
    height,
    width,
    channels,
    values: Float64Array.from(x.values.subarray(n * size, (n + 1) * size)),
  }));
  const values = filters.map((filter) => Float64Array.from(filter.values));
  const shapes = filters.map((filter) => filter.shape);
  const h = 1e-4;
  const gradients = values.map((filter, f) => ({
    shape: shapes[f],
    values: Float32Array.from(filter, (value, i) => {
      const [up, down] = [value + h, value - h].map((moved) =>
        penalty64(images, values.with(f, filter.with(i, moved)), shapes)
      );
      return (up - down) / (2 * h);
    }),
  }));
  return [
    { shape: [], values: new Float32Array([penalty64(images, values, shapes)]) },
    ...gradients,
  ];
}

function scaled({ shape, values }: Input, factor: number): Input {
  return { shape, values: values.map((value) => value * factor) };
}

const small = [
  input([2, 5, 6, 2], 1),
  ...[[3, 3, 2, 3], [3, 3, 3, 4], [2, 2, 4, 1]].map((shape, i) => scaled(input(shape, i + 2), 0.4)),
];

// The critic for 32x32x1 images at half width.
const whole = [
  input([2, 32, 32, 1], 1),
  ...[[3, 3, 1, 32], [3, 3, 32, 64], [3, 3, 64, 128], [4, 4, 128, 1]]
    .map((shape, i) => scaled(input(shape, i + 2), 0.05)),
];

Deno.test("a gradient penalty's weight gradients match float64 finite differences", async () => {
  registerGradients();
  const [x, ...filters] = small;
  const expected = oracle(x, filters);
  assertClose(await resultsOn("cpu", small, penaltyAndGradients), expected, 1e-5, "cpu");
  for (const threads of [1, 2]) {
    const wasm = await startWasm(threads);
    try {
      const actual = await resultsOn("wasm", small, penaltyAndGradients);
      assertClose(actual, expected, 1e-5, `${threads} threads`);
    } finally {
      wasm.stop();
    }
  }
});

Deno.test("the critic's gradient penalty on WASM has cpu's weight gradients", async () => {
  registerGradients();
  const expected = await resultsOn("cpu", whole, penaltyAndGradients);
  for (const threads of [1, 2]) {
    const wasm = await startWasm(threads);
    try {
      const actual = await resultsOn("wasm", whole, penaltyAndGradients);
      assertClose(actual, expected, 1e-5, `${threads} threads`);
    } finally {
      wasm.stop();
    }
  }
});

Deno.test("Conv2DBackpropFilter's gradients match its bilinear form", async () => {
  registerGradients();
  // ⟨g, dF(x, dy)⟩ is linear in x and in dy, so each gradient, taken along x or dy, is the form
  // itself.
  const inputs = [input([2, 7, 6, 3], 1), input([2, 4, 3, 4], 2), input([3, 3, 3, 4], 3)];
  const form = (x: tf.Tensor, dy: tf.Tensor, g: tf.Tensor) =>
    tf.sum(tf.mul(
      g,
      tf.engine().runKernel(tf.Conv2DBackpropFilter, { x, dy }, {
        strides: 2,
        pad: "same",
        dataFormat: "NHWC",
        filterShape: [3, 3, 3, 4],
      }) as tf.Tensor,
    ));
  const [value, alongX, alongDy] = await resultsOn("cpu", inputs, (x, dy, g) => {
    const [gradX, gradDy] = tf.grads((x, dy) => form(x, dy, g))([x, dy]);
    return [form(x, dy, g), tf.sum(tf.mul(gradX, x)), tf.sum(tf.mul(gradDy, dy))];
  });
  assertClose([alongX, alongDy], [value, value], 1e-5);
});

Deno.test("registerGradients() may be called twice", () => {
  registerGradients();
  const first = tf.getGradient("LeakyRelu");
  registerGradients();
  assert.equal(tf.getGradient("LeakyRelu"), first);
});

Deno.test("LeakyRelu's gradient is 1 above 0 and alpha at and below it", async () => {
  registerGradients();
  await tf.setBackend("cpu");
  const slope = tf.tidy(() =>
    tf.grad((x) => tf.leakyRelu(x, 0.2))(tf.tensor1d([-3, 0, 2])).dataSync()
  );
  assert.deepEqual([...slope], [0.2, 0.2, 1].map(Math.fround));
});
