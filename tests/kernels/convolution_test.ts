import * as tf from "@tensorflow/tfjs-core";
import { registerGradients, startWasm } from "../../kernels/mod.ts";
import { assertClose, type Computation, type Input, input, resultsOn } from "./oracle.ts";

interface Layer {
  name: string;
  /** Of the side that the convolution reads; a transposed convolution writes it. */
  image: [height: number, width: number, channels: number];
  kernel: [height: number, width: number];
  outChannels: number;
  stride: number | [number, number];
  pad: "same" | "valid";
}

const BATCH = 2;

/** Transposed convolutions as the convolutions whose input gradient they are. */
function generatorLayers(channels: number[], latentSize: number): Layer[] {
  const first: Layer = {
    name: `generator 1x1x${latentSize} -> 4x4x${channels[0]}`,
    image: [4, 4, channels[0]],
    kernel: [4, 4],
    outChannels: latentSize,
    stride: 1,
    pad: "valid",
  };
  const rest = channels.slice(1).map((out, i): Layer => ({
    name: `generator ${4 << i}x${4 << i}x${channels[i]} -> ${8 << i}x${8 << i}x${out}`,
    image: [8 << i, 8 << i, out],
    kernel: [3, 3],
    outChannels: channels[i],
    stride: 2,
    pad: "same",
  }));
  return [first, ...rest];
}

function criticLayers(size: number, channels: number[]): Layer[] {
  const layers = channels.slice(1).map((out, i): Layer => ({
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
  ...generatorLayers([256, 128, 64, 1], 100), // 32x32x1 at half width
  ...criticLayers(32, [1, 32, 64, 128]),
  ...generatorLayers([512, 256, 128, 64, 3], 100), // 64x64x3 at full width
  ...criticLayers(64, [3, 32, 64, 128, 256]),
];

const odd: Layer[] = [[5, 7], [9, 6], [8, 3]].flatMap(([height, width]) =>
  ([1, 2, 3, [2, 1], [1, 3]] as const).flatMap((stride) =>
    (["same", "valid"] as const).flatMap((pad) =>
      ([[3, 3], [1, 2], [3, 1]] as const).map((kernel): Layer => ({
        name: `${height}x${width}, kernel ${kernel}, stride ${stride}, ${pad}`,
        image: [height, width, 3],
        kernel: [...kernel],
        outChannels: 5,
        stride: typeof stride === "number" ? stride : [...stride],
        pad,
      }))
    )
  )
);

/** Output, transposed output and both gradients of a layer; `big` layers skip nothing. */
function layerCase({ image, kernel, outChannels, stride, pad }: Layer): [Input[], Computation] {
  const imageShape: [number, number, number, number] = [BATCH, ...image];
  const filterShape: [number, number, number, number] = [...kernel, image[2], outChannels];
  const { outShape } = tf.backend_util.computeConv2DInfo(imageShape, filterShape, stride, 1, pad);
  const compute: Computation = (x, filter, dy) => {
    const convolve = (a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
    const [dx, dFilter] = tf.grads(convolve)([x, filter], dy);
    const up = tf.conv2dTranspose(
      dy as tf.Tensor4D,
      filter as tf.Tensor4D,
      imageShape,
      stride,
      pad,
    );
    // tfjs's own WASM convolution is wrong with `same` padding where the stride exceeds the filter.
    const forward =
      kernel.every((size, axis) => size >= [stride].flat()[axis % [stride].flat().length])
        ? [convolve(x, filter)]
        : [];
    return [...forward, up, dx, dFilter];
  };
  return [[input(imageShape, 1), input(filterShape, 2), input(outShape, 3)], compute];
}

const expected = new Map<string, Input[]>();

for (const threads of [1, 2]) {
  for (const [group, layers] of Object.entries({ networks, odd })) {
    Deno.test(`convolutions and their gradients equal cpu on ${threads} threads: ${group}`, async (t) => {
      registerGradients();
      const wasm = await startWasm(threads);
      try {
        for (const layer of layers) {
          await t.step(layer.name, async () => {
            const [inputs, compute] = layerCase(layer);
            if (!expected.has(layer.name)) {
              expected.set(layer.name, await resultsOn("cpu", inputs, compute));
            }
            const actual = await resultsOn("wasm", inputs, compute);
            assertClose(actual, expected.get(layer.name)!, 5e-6, layer.name);
          });
        }
      } finally {
        wasm.stop();
      }
    });
  }
}
