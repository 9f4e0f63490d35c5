/**
 * The generator that a stock tfjs model holds, as ONNX files that onnxruntime runs as fast as it can:
 * batch norm folded into the filters, bias and leaky ReLU where the runtime fuses them, and its
 * transposed convolutions in each form that may be the fastest. Written from the stock model alone, so
 * that the peer shares nothing with the sampler.
 */

import type * as tf from "@tensorflow/tfjs-core";
import type * as tfl from "@tensorflow/tfjs-layers";
import type { Form } from "./forms.ts";
import { type Graph, type Node, onnxFile, type Tensor } from "./graph.ts";

/** A transposed convolution with batch norm folded in; `kernel` is [height, width, outputs, inputs]. */
export interface FoldedLayer {
  kernel: Float32Array;
  shape: readonly [height: number, width: number, outputs: number, inputs: number];
  bias: Float32Array;
  slope: number | null;
}

/** The transposed convolutions of a stock model, in their order. */
export function foldedLayers(model: tfl.LayersModel): FoldedLayer[] {
  const folded: FoldedLayer[] = [];
  for (const layer of model.layers) {
    const weights = layer.getWeights().map((weight: tf.Tensor) => weight.dataSync<"float32">());
    const last = folded.at(-1)!;
    switch (layer.getClassName()) {
      case "Conv2DTranspose": {
        const shape = layer.getWeights()[0].shape as [number, number, number, number];
        const bias = weights[1]?.slice() ?? new Float32Array(shape[2]);
        folded.push({ kernel: weights[0].slice(), shape, bias, slope: null });
        break;
      }
      case "BatchNormalization": {
        const [gamma, beta, mean, variance] = weights;
        const { epsilon } = layer.getConfig() as { epsilon: number };
        const [, , outputs, inputs] = last.shape;
        const scale = gamma.map((g, o) => g / Math.sqrt(variance[o] + epsilon));
        last.kernel = last.kernel.map((k, i) => k * scale[Math.floor(i / inputs) % outputs]);
        last.bias = last.bias.map((b, o) => beta[o] + (b - mean[o]) * scale[o]);
        break;
      }
      case "LeakyReLU":
        last.slope = (layer.getConfig() as { alpha: number }).alpha;
    }
  }
  return folded;
}

/** Images [N, channels, height, width] of z [N, latentSize]. */
export function generatorFile(layers: readonly FoldedLayer[], form: Form): Uint8Array<ArrayBuffer> {
  const nodes: Node[] = [];
  const weights: Tensor[] = [];
  const weight = (name: string, shape: readonly number[], values: Tensor["values"]) => {
    weights.push({ name, shape, values });
    return name;
  };
  const node = (op: string, inputs: string[], attributes?: Node["attributes"]) => {
    const output = `y${nodes.length}`;
    nodes.push({ op, inputs, output, attributes });
    return output;
  };
  const activate = (x: string, slope: number | null) =>
    slope === null ? x : node("LeakyRelu", [x], { alpha: { float: slope } });

  let size = 0;
  let x = "z";
  layers.forEach((layer, l) => {
    const { shape: [height, width, outputs, inputs], bias, slope } = layer;
    if (l === 0) { // a dense layer: one pixel, no padding
      const pixels = height * width;
      const b = filled([inputs, outputs, pixels], ([i, o, p]) => at(layer, 0, p, o, i));
      const c = filled([outputs, pixels], ([o]) => bias[o]);
      const y = node("Gemm", [
        x,
        weight("w0", [inputs, outputs * pixels], b),
        weight("b0", [outputs * pixels], c),
      ]);
      const to = weight("shape", [4], BigInt64Array.from([-1, outputs, height, width], BigInt));
      x = activate(node("Reshape", [y, to]), slope);
      size = height;
      return;
    }
    if (height !== 3 || width !== 3) throw new Error("only 3x3 kernels are written here");
    const b = weight(`b${l}`, [outputs], bias);
    size *= 2;
    if (form === "transpose") {
      const w = filled([inputs, outputs, 9], ([i, o, k]) => at(layer, 0, k, o, i));
      x = activate(
        node("ConvTranspose", [x, weight(`w${l}`, [inputs, outputs, 3, 3], w), b], {
          kernel_shape: [3, 3],
          strides: [2, 2],
          pads: [0, 0, 1, 1],
        }),
        slope,
      );
      return;
    }
    // Output 2m takes tap 0 of input m and tap 2 of input m − 1; output 2m + 1 takes tap 1 of input m.
    const taps = form === "phases" ? [[2, 0], [1]] : [[2, 0], [-1, 1]];
    const parts = taps.flatMap((rows) => taps.map((columns) => ({ rows, columns })));
    const filters = parts.map(({ rows, columns }) =>
      filled(
        [outputs, inputs, rows.length, columns.length],
        ([o, i, y, x]) => rows[y] < 0 || columns[x] < 0 ? 0 : at(layer, rows[y], columns[x], o, i),
      )
    );
    const convolution = (name: string, filter: Float32Array, shape: number[], bias: string) =>
      activate(
        node("Conv", [x, weight(name, shape, filter), bias], {
          kernel_shape: shape.slice(2),
          pads: [shape[2] - 1, shape[3] - 1, 0, 0],
        }),
        slope,
      );
    let y: string;
    if (form === "phases") {
      const phases = parts.map(({ rows, columns }, p) =>
        convolution(`w${l}${p}`, filters[p], [outputs, inputs, rows.length, columns.length], b)
      );
      y = node("Concat", phases, { axis: 1 });
    } else {
      const filter = filled(
        [4 * outputs, inputs * 4],
        ([o, i]) => filters[Math.floor(o / outputs)][(o % outputs) * inputs * 4 + i],
      );
      const b4 = weight(`c${l}`, [4 * outputs], filled([4 * outputs], ([o]) => bias[o % outputs]));
      y = convolution(`w${l}`, filter, [4 * outputs, inputs, 2, 2], b4);
    }
    x = node("DepthToSpace", [y], { blocksize: 2, mode: "DCR" });
  });
  const images = node("Tanh", [x]);
  const [{ shape: first }, { shape: last }] = [layers[0], layers.at(-1)!];
  const graph: Graph = {
    nodes,
    weights,
    input: { name: "z", shape: ["N", first[3]] },
    output: { name: images, shape: ["N", last[2], size, size] },
  };
  return onnxFile(graph);
}

function at({ kernel, shape: [, width, outputs, inputs] }: FoldedLayer, ...at: number[]): number {
  const [y, x, o, i] = at;
  return kernel[((y * width + x) * outputs + o) * inputs + i];
}

/** A tensor by its element at each index, row-major. */
function filled(shape: number[], value: (index: number[]) => number): Float32Array {
  const index = shape.map(() => 0);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
    const result = value(index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) {
      index[axis] = 0;
    }
    return result;
  });
}
