/** Tensors [..., channels] as the rows that assembly/rows.ts works on, and what is kept for each lane. */
import * as tf from "@tensorflow/tfjs-core";

export interface Rows {
  /** Of the tensor, in floats. */
  readonly size: number;
  readonly channels: number;
  /** Lanes of a row: a multiple of 4 and of `channels`. Lane i is of channel i % channels. */
  readonly width: number;
  /** Floats of a chunk: whole rows. */
  readonly part: number;
  readonly chunks: number;
}

// Floats: 128 KB, so that a second pass over a chunk finds it in a second-level cache.
const PART = 32768;

export function rowsOf({ shape }: tf.TensorInfo): Rows {
  const size = tf.util.sizeFromShape(shape);
  const channels = shape.at(-1) ?? 1;
  const width = channels % 4 === 0 ? channels : 4 * channels;
  const part = Math.max(1, Math.round(PART / width)) * width;
  return { size, channels, width, part, chunks: Math.ceil(size / part) };
}

/** Writes one number a channel to every lane of the row at float `at` of the heap. */
export function writeRow(
  heap: Float32Array,
  at: number,
  { width, channels }: Rows,
  numberOf: (channel: number) => number,
): void {
  for (let c = 0; c < channels; c++) {
    const value = numberOf(c);
    for (let lane = c; lane < width; lane += channels) heap[at + lane] = value;
  }
}

/**
 * The sum of each channel, in float64, from the lanes' sums of every chunk: rows at float `at` of the
 * heap, `apart` floats from chunk to chunk.
 */
export function sumOfChunks(
  heap: Float32Array,
  at: number,
  apart: number,
  { width, channels, chunks }: Rows,
): Float64Array {
  const sums = new Float64Array(channels);
  for (let chunk = 0; chunk < chunks; chunk++, at += apart) {
    for (let first = 0; first < width; first += channels) {
      for (let c = 0; c < channels; c++) sums[c] += heap[at + first + c];
    }
  }
  return sums;
}
