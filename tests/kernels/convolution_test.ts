import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, startWasm } from "../../kernels/mod.ts";
import { assertClose, type Computation, type Input, input, resultsOn } from "./oracle.ts";

interface Layer {
  name: string;
  batchSize: number;
  /** Of the side that the convolution reads; a transposed convolution writes it. */
  image: [height: number, width: number, channels: number];
  kernel: [height: number, width: number];
  outChannels: number;
  stride: number | [number, number];
  pad: "same" | "valid";
}

type Shape4D = [number, number, number, number];

/** Transposed convolutions as the convolutions whose input gradient they are. */
function generatorLayers(batchSize: number, latentSize: number, channels: number[]): Layer[] {
  const first: Layer = {
    batchSize,
    name: `generator 1x1x${latentSize} -> 4x4x${channels[0]}`,
    image: [4, 4, channels[0]],
    kernel: [4, 4],
    outChannels: latentSize,
    stride: 1,
    pad: "valid",
  };
  const rest = channels.slice(1).map((out, i): Layer => ({
    batchSize,
    name: `generator ${4 << i}x${4 << i}x${channels[i]} -> ${8 << i}x${8 << i}x${out}`,
    image: [8 << i, 8 << i, out],
    kernel: [3, 3],
    outChannels: channels[i],
    stride: 2,
    pad: "same",
  }));
  return [first, ...rest];
}

function criticLayers(batchSize: number, size: number, channels: number[]): Layer[] {
  const layers = channels.slice(1).map((out, i): Layer => ({
    batchSize,
    name: `critic ${size >> i}x${size >> i}x${channels[i]} -> ${size >> (i + 1)}x${
      size >> (i + 1)
    }x${out}`,
    image: [size >> i, size >> i, channels[i]],
    kernel: [3, 3],
    outChannels: out,
    stride: 2,
    pad: "same",
  }));
  const last: Layer = {
    batchSize,
    name: `critic 4x4x${channels.at(-1)} -> 1`,
    image: [4, 4, channels.at(-1)!],
    kernel: [4, 4],
    outChannels: 1,
    stride: 1,
    pad: "valid",
  };
  return [...layers, last];
}

const networks = [
  // 32x32x1 at half width
  ...generatorLayers(2, 100, [256, 128, 64, 1]),
  ...criticLayers(2, 32, [1, 32, 64, 128]),
  // 64x64x3 at full width; one image, because cpu is slow
  ...generatorLayers(1, 100, [512, 256, 128, 64, 3]),
  ...criticLayers(1, 64, [3, 32, 64, 128, 256]),
];

const odd: Layer[] = [[5, 7], [9, 6], [8, 3]].flatMap(([height, width]) =>
  ([1, 2, 3, [2, 1], [1, 3]] as const).flatMap((stride) =>
    (["same", "valid"] as const).flatMap((pad) =>
      ([[3, 3], [1, 2], [3, 1]] as const).map((kernel): Layer => ({
        batchSize: 2,
        name: `${height}x${width}, kernel ${kernel}, stride ${stride}, ${pad}`,
        image: [height, width, 6],
        kernel: [...kernel],
        outChannels: 5,
        stride: typeof stride === "number" ? stride : [...stride],
        pad,
      }))
    )
  )
);

/** Channels around every limit of the kernels: tiles of 6 and 8, dot products, copied patches. */
const channels: Layer[] = [
  ...[[1, 4], [1, 1], [2, 16], [3, 8], [3, 5], [4, 12], [5, 4], [6, 8], [7, 9]],
  ...[[8, 3], [8, 8], [9, 11], [11, 2], [13, 1], [16, 17], [12, 24], [40, 31]],
].flatMap(([into, out]) =>
  [1, 2].map((stride): Layer => ({
    batchSize: 3,
    name: `channels ${into} to ${out}, stride ${stride}`,
    image: [7, 6, into],
    kernel: [3, 3],
    outChannels: out,
    stride,
    pad: "same",
  }))
);

/** A layer's output (where tfjs gets it right) and both gradients. */
function layerCase(layer: Layer): [Input[], Computation] {
  const { batchSize, image, kernel, outChannels, stride, pad } = layer;
  const imageShape: Shape4D = [batchSize, ...image];
  const filterShape: Shape4D = [...kernel, image[2], outChannels];
  const { outShape } = tf.backend_util.computeConv2DInfo(imageShape, filterShape, stride, 1, pad);
  const [down, across] = [stride, stride].flat();
  // tfjs's own WASM convolution is wrong with `same` padding where the stride exceeds the filter.
  const forward = kernel[0] >= down && kernel[1] >= across;
  const compute: Computation = (x, filter, dy) => {
    const convolve = (x: tf.Tensor, filter: tf.Tensor) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad);
    const { value, grads } = tf.valueAndGrads(convolve)([x, filter], dy as tf.Tensor4D);
    return forward ? [value, ...grads] : grads;
  };
  return [[input(imageShape, 1), input(filterShape, 2), input(outShape, 3)], compute];
}

/**
 * The transposed convolution of dy by the same filter, which is the gradient of the layer's input.
 */
function transposed({ batchSize, image, stride, pad }: Layer): Computation {
  return (_, filter, dy) => [
    tf.conv2dTranspose(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      [batchSize, ...image],
      stride,
      pad,
    ),
  ];
}

const expected = new Map<string, Input[]>();

for (const simd of ["relaxed", "plain"] as const) {
  for (const threads of [1, 2]) {
    for (const [group, layers] of Object.entries({ networks, odd, channels })) {
      const name =
        `convolutions and their gradients equal cpu: ${group}, ${simd}, ${threads} threads`;
      Deno.test(name, async () => {
        registerGradients();
        const wasm = await startWasm(threads, { simd });
        try {
          for (const layer of layers) {
            const [inputs, compute] = layerCase(layer);
            if (!expected.has(layer.name)) {
              expected.set(layer.name, await resultsOn("cpu", inputs, compute));
            }
            const cpu = expected.get(layer.name)!;
            assertClose(await resultsOn("wasm", inputs, compute), cpu, 5e-6, layer.name);
            const image = await resultsOn("wasm", inputs, transposed(layer));
            assertClose(image, [cpu.at(-2)!], 5e-6, `${layer.name}, transposed`);
          }
        } finally {
          wasm.stop();
        }
      });
    }
  }
}

Deno.test("convolutions and their gradients are the same to the bit on 1, 2 and 3 threads", async () => {
  const layers = [networks[1], networks[3], networks[5], channels[8]];
  const bits: Input[][][] = [];
  for (const threads of [1, 2, 3]) {
    const wasm = await startWasm(threads);
    try {
      const results: Input[][] = [];
      for (const layer of layers) results.push(await resultsOn("wasm", ...layerCase(layer)));
      bits.push(results);
    } finally {
      wasm.stop();
    }
  }
  assert.deepEqual(bits[1], bits[0]);
  assert.deepEqual(bits[2], bits[0]);
});
