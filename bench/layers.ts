/**
 * GFLOPS of every convolution of the article's networks on WASM: forward, input gradient, filter gradient.
 *
 *   deno run -A bench/layers.ts [threads 1] [batch 4] [plain]
 *
 * Layers are read from their larger side: a generator's layer is the input gradient of such a convolution. The least time
 * of many short runs counts, which a busy machine leaves alone; so the batch is small.
 */
import * as tf from "@tensorflow/tfjs-core";
import { startWasm } from "../kernels/mod.ts";
import { criticChannels } from "../train/critics.ts";
import { generatorChannels, type NetworkShape } from "../train/networks.ts";

type Shape4D = [number, number, number, number];

interface Layer {
  name: string;
  image: [size: number, channels: number];
  kernel: number;
  out: number;
}

const SHAPES: NetworkShape[] = [
  { size: 64, channels: 3, width: 1, latentSize: 100 },
  { size: 32, channels: 1, width: 0.5, latentSize: 100 },
];

function layersOf(shape: NetworkShape): Layer[] {
  const up = generatorChannels(shape), down = criticChannels(shape);
  return [
    ...up.map((channels, i): Layer => ({
      name: `generator ${i + 1}`,
      image: [4 << i, channels],
      kernel: i === 0 ? 4 : 3,
      out: up[i - 1] ?? shape.latentSize,
    })),
    ...[...down, 1].map((out, i): Layer => ({
      name: `critic ${i + 1}`,
      image: [shape.size >> i, down[i - 1] ?? shape.channels],
      kernel: i === down.length ? 4 : 3,
      out,
    })),
  ];
}

const [threads = "1", batch = "4", simd] = Deno.args;
const MEASURED_MS = 600;

function leastMilliseconds(compute: () => tf.Tensor): number {
  let least = Infinity;
  const end = performance.now() + MEASURED_MS;
  for (let runs = 0; runs < 6 || performance.now() < end; runs++) {
    const start = performance.now();
    const result = compute();
    least = Math.min(least, performance.now() - start);
    result.dispose();
  }
  return least;
}

const backend = await startWasm(Number(threads), simd === "plain" ? { simd } : {});
console.log(`${backend.message}, batch ${batch}: GFLOPS forward, input gradient, filter gradient`);
for (const shape of SHAPES) {
  for (const { name, image: [size, channels], kernel, out } of layersOf(shape)) {
    const [stride, pad] = kernel === 4 ? [1, "valid" as const] : [2, "same" as const];
    const xShape: Shape4D = [Number(batch), size, size, channels];
    const filterShape: Shape4D = [kernel, kernel, channels, out];
    const info = tf.backend_util.computeConv2DInfo(xShape, filterShape, stride, 1, pad);
    const x = tf.randomUniform(xShape), filter = tf.randomUniform(filterShape);
    const dy = tf.randomUniform(info.outShape);
    const attrs = { strides: stride, pad, dataFormat: "NHWC", dimRoundingMode: "floor" };
    const run = (kernelName: string, inputs: Record<string, tf.Tensor>, more: tf.NamedAttrMap) =>
      leastMilliseconds(() =>
        tf.engine().runKernel(kernelName, inputs, { ...attrs, ...more }) as tf.Tensor
      );
    const times = [
      run(tf.Conv2D, { x, filter }, { dilations: 1 }),
      run(tf.Conv2DBackpropInput, { dy, filter }, { inputShape: xShape }),
      run(tf.Conv2DBackpropFilter, { x, dy }, { filterShape }),
    ];
    const multiplyAdds = tf.util.sizeFromShape(info.outShape) * kernel ** 2 * channels;
    const rates = times.map((ms) => (2 * multiplyAdds / ms / 1e6).toFixed(1).padStart(7)).join("");
    const side = `${size}x${size}x${channels} to ${info.outHeight}x${info.outWidth}x${out}`;
    console.log(`${shape.size}x${shape.size}  ${name.padEnd(12)} ${side.padEnd(24)}${rates}`);
    tf.dispose([x, filter, dy]);
  }
}
backend.stop();
