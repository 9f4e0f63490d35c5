/** The WASM kernels of ops/bias_leaky_relu.ts, ops/leaky_relu_slope.ts and ops/bias_tanh.ts. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type * as tf from "@tensorflow/tfjs-core";
import {
  addressOf,
  float32Heap,
  floatOffset,
  type FusedKernel,
  type Kernel,
  kernelsOf,
  newTensor,
} from "./backend.ts";
import { rowsOf, sumOfChunks, writeRow } from "./rows.ts";

const FLOAT = 4;

/** Runs f(x, y, size, width, part, biases, ...rest) over x; returns y. */
function withBias(
  name: string,
  { x, bias }: { x: tf.TensorInfo; bias?: tf.TensorInfo },
  rest: number[],
  backend: BackendWasm,
): tf.Tensor {
  const rows = rowsOf(x);
  const { size, width, part, chunks } = rows;
  const y = newTensor(backend, x.shape);
  const kernels = kernelsOf(backend);
  const lanes = kernels.scratch("lanes", width * FLOAT);
  const heap = float32Heap(backend);
  const biases = bias && floatOffset(backend, bias);
  writeRow(heap, lanes / FLOAT, rows, (c) => biases === undefined ? 0 : heap[biases + c]);
  const [from, to] = [addressOf(backend, x), addressOf(backend, y)];
  kernels.parallel(name, chunks, from, to, size, width, part, lanes, ...rest);
  return y;
}

/** Runs f(dy, y, dx, size, width, part, ...rest, sums) over dy and y; returns dx and dbias. */
function gradientWithBias(
  name: string,
  { dy, y }: { dy: tf.TensorInfo; y: tf.TensorInfo },
  rest: number[],
  backend: BackendWasm,
): tf.Tensor[] {
  const rows = rowsOf(y);
  const { size, channels, width, part, chunks } = rows;
  const [dx, dbias] = [newTensor(backend, y.shape), newTensor(backend, [channels])];
  const kernels = kernelsOf(backend);
  const sums = kernels.scratch("partial", chunks * width * FLOAT);
  const addresses = [dy, y, dx].map((tensor) => addressOf(backend, tensor));
  kernels.parallel(name, chunks, ...addresses, size, width, part, ...rest, sums);
  const heap = float32Heap(backend);
  heap.set(sumOfChunks(heap, sums / FLOAT, width, rows), floatOffset(backend, dbias));
  return [dx, dbias];
}

export const biasLeakyRelu: FusedKernel = ({ x, bias }, { alpha }, backend) => [
  withBias("biasLeakyRelu", { x, bias }, [alpha as number], backend),
];

export const biasLeakyReluGradient: FusedKernel = ({ dy, y }, { alpha }, backend) =>
  gradientWithBias("biasLeakyReluGradient", { dy, y }, [alpha as number], backend);

export const timesLeakyReluSlope: FusedKernel = ({ dy, z }, { alpha }, backend) => {
  const dx = newTensor(backend, z.shape);
  const { size, part, chunks } = rowsOf(z);
  const addresses = [dy, z, dx].map((tensor) => addressOf(backend, tensor));
  const kernels = kernelsOf(backend);
  kernels.parallel("timesLeakyReluSlope", chunks, ...addresses, size, part, alpha as number);
  return [dx];
};

export const biasTanh: FusedKernel = ({ x, bias }, _attrs, backend) => [
  withBias("biasTanh", { x, bias }, [], backend),
];

export const biasTanhGradient: FusedKernel = ({ dy, y }, _attrs, backend) =>
  gradientWithBias("biasTanhGradient", { dy, y }, [], backend);

/** LeakyRelu: x where x > 0, alpha * x elsewhere. */
export function leakyRelu(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs;
    if (x.dtype !== "float32") return stock(inputs, attrs, backend);
    return withBias("biasLeakyRelu", { x }, [attrs.alpha as number], backend);
  };
}

/** Tanh, within 3e-7 of the true value: the stock kernel is a scalar loop. */
export function tanh(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { x } = inputs;
    if (x.dtype !== "float32") return stock(inputs, attrs, backend);
    return withBias("biasTanh", { x }, [], backend);
  };
}
