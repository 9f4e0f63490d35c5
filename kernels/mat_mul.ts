/** Matrix products by our own kernels, with either operand transposed. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { addressOf, type Kernel, kernelsOf, newTensor, words } from "./backend.ts";
import { packTaps } from "./pack_taps.ts";
import { FLOAT, roundUp } from "./gather_plan.ts";

/** A matrix in memory: where it starts and how far its neighbours lie apart, in bytes. */
export interface Matrix {
  address: number;
  rowStride: number;
  columnStride: number;
}

const TILE_ROWS = 6, TILE_COLUMNS = 8;
const TILE_BYTES = TILE_ROWS * TILE_COLUMNS * FLOAT;
const BLOCK_DEPTH = 384; // as in assembly/mat_mul.ts
// Rows of a block: its packed rows, 96 · 384 floats, fill a seventh of a second-level cache of 1 MB.
const BLOCK_ROWS = 96;

/** C[rows, columns], row after row at address `c`, = A[rows, depth] · B[depth, columns]. */
export function multiply(
  backend: BackendWasm,
  a: Matrix,
  b: Matrix,
  c: number,
  [rows, columns, depth]: [number, number, number],
): void {
  const kernels = kernelsOf(backend);
  const packed = kernels.scratch("right", roundUp(columns, TILE_COLUMNS) * depth * FLOAT);
  const plan = kernels.scratch("plan", 12);
  words(backend).set([packed, depth * TILE_COLUMNS * FLOAT, b.address], plan / 4);
  const strides = { column: b.columnStride, depth: b.rowStride };
  packTaps(kernels, plan, 1, columns, depth, strides);
  // Wide products of few rows are cut into columns, too.
  const blockColumns = rows > 4 * BLOCK_ROWS ? roundUp(columns, TILE_COLUMNS) : 256;
  const blockRows = Math.min(BLOCK_ROWS, roundUp(rows, TILE_ROWS));
  const scratchBytes = roundUp(TILE_BYTES + blockRows * Math.min(BLOCK_DEPTH, depth) * FLOAT, 64);
  kernels.parallel(
    "multiplyBlock",
    Math.ceil(rows / blockRows) * Math.ceil(columns / blockColumns),
    a.address,
    a.rowStride,
    a.columnStride,
    packed,
    c,
    rows,
    columns,
    depth,
    blockRows,
    blockColumns,
    kernels.scratch("thread", kernels.threads * scratchBytes),
    scratchBytes,
  );
}

/** BatchMatMul for float32, whose batches agree or broadcast; the stock kernel for the rest. */
export function batchMatMul(stock: Kernel): Kernel {
  return (inputs, attrs, backend) => {
    const { a, b } = inputs;
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const [rows, depth] = transposeA ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    const batch = (x: tf.TensorInfo) => tf.util.sizeFromShape(x.shape.slice(0, -2));
    const alike = a.shape.slice(0, -2).join() === b.shape.slice(0, -2).join();
    const broadcasts = !alike && batch(a) !== 1 && batch(b) !== 1;
    if (
      a.dtype !== "float32" || b.dtype !== "float32" || broadcasts || rows * depth * columns === 0
    ) {
      return stock(inputs, attrs, backend);
    }
    const outer = batch(a) >= batch(b) ? a.shape.slice(0, -2) : b.shape.slice(0, -2);
    const out = newTensor(backend, [...outer, rows, columns]);
    const matrix = (x: tf.TensorInfo, index: number, transposed: boolean): Matrix => {
      const [height, width] = x.shape.slice(-2);
      const from = batch(x) === 1 ? 0 : index * height * width * FLOAT;
      return {
        address: addressOf(backend, x) + from,
        rowStride: transposed ? FLOAT : width * FLOAT,
        columnStride: transposed ? width * FLOAT : FLOAT,
      };
    };
    for (let i = 0; i < batch(out); i++) {
      const to = addressOf(backend, out) + i * rows * columns * FLOAT;
      multiply(
        backend,
        matrix(a, i, transposeA),
        matrix(b, i, transposeB),
        to,
        [rows, columns, depth],
      );
    }
    return out;
  };
}
