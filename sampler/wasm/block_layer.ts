/**
 * A 3x3 transposed convolution of stride 2 by blocks of 2x2 input pixels, as kernels/assembly/
 * sampler_blocks.ts computes it. Along one axis a block's inputs d1, d2 and the one before, d0, give
 *
 *   y0 = d1·w0 + d0·w2,  y1 = d1·w1,  y2 = d2·w0 + d1·w2,  y3 = d2·w1
 *
 * with six products. Five do (Winograd's minimal filtering F(2, 2), arXiv:1509.09308, for the even ones):
 *
 *   a = (d0 − d1)·w2,  b = d1·(w0 + w2),  c = (d2 − d1)·w0:  y0 = a + b,  y2 = b + c
 *
 * On both axes that is 25 for 36, each of which is a matrix product over a layer's channels.
 */

import type { UpscaleStep } from "../plan.ts";
import type { Grid } from "./grid.ts";

export interface BlockLayer {
  readonly kind: "blocks";
  readonly input: Grid;
  readonly panels: number;
  /**
   * [panel][row filter][column filter][depth][8], the filters of an axis being w2, w0 + w2, w0, w1. In 16 bits each
   * filter is eight scales, float32, and [depth][8] integers.
   */
  readonly filter: Float32Array | Int16Array;
  readonly bias: Float32Array;
  readonly slope: number;
}

/** Axis filters as sums of what phases.ts gives: [phase, its tap]. Phase 0 has the taps w2, w0, phase 1 has w1. */
const SUMS = [[[0, 0]], [[0, 0], [0, 1]], [[0, 1]], [[1, 0]]] as const;

/**
 * Filters of more numbers are kept in 16 bits where one picture has no more blocks than this: reading them then takes
 * longer than the products. Pictures differ by 0.05 of 255 at worst.
 */
const NARROW = { numbers: 2 ** 17, blocks: 8 };

/** The layer of a step on an input of `height` x `width` pixels; null where it is not of this form. */
export function packBlocks(
  step: UpscaleStep,
  [height, width, inputs]: readonly [number, number, number],
): BlockLayer | null {
  const shapes = step.rows.map((row) => row.map(({ shape }) => shape.slice(0, 2).join("x")));
  if (String(shapes) !== "2x2,2x1,1x2,1x1" || height % 2 !== 0 || width % 2 !== 0) return null;
  const channels = step.bias.length;
  const [depth, panels] = [Math.ceil(inputs / 8) * 8, Math.ceil(channels / 8)];
  const filter = new Float32Array(panels * 16 * depth * 8);
  SUMS.forEach((rows, r) =>
    SUMS.forEach((columns, c) => {
      for (const [phaseY, tapY] of rows) {
        for (const [phaseX, tapX] of columns) {
          const { filter: values, shape } = step.rows[phaseY][phaseX];
          const from = (tapY * shape[1] + tapX) * inputs * channels;
          for (let panel = 0; panel < panels; panel++) {
            const to = (panel * 16 + r * 4 + c) * depth * 8;
            addPanel(filter, to, values, from + panel * 8, inputs, channels, channels - panel * 8);
          }
        }
      }
    })
  );
  const bias = new Float32Array(panels * 8);
  bias.set(step.bias);
  const border = { top: 1, bottom: 0, left: 1, right: 0 };
  const isNarrow = filter.length > NARROW.numbers && height * width / 4 <= NARROW.blocks;
  return {
    kind: "blocks",
    input: { height, width, depth, border },
    panels,
    filter: isNarrow ? narrow(filter, depth) : filter,
    bias,
    slope: step.slope ?? 1,
  };
}

/** Adds at most eight columns of a matrix [inputs, channels] to a panel [inputs, 8]. */
function addPanel(
  panel: Float32Array,
  to: number,
  values: Float32Array,
  from: number,
  inputs: number,
  channels: number,
  left: number,
): void {
  const count = Math.min(8, left);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < count; o++) panel[to + i * 8 + o] += values[from + i * channels + o];
  }
}

/** Filters [depth, 8] as eight scales and integers. */
function narrow(filters: Float32Array, depth: number): Int16Array {
  const size = depth * 8;
  const count = filters.length / size;
  const integers = new Int16Array(count * (16 + size));
  const scales = new Float32Array(integers.buffer);
  for (let filter = 0; filter < count; filter++) {
    const from = filter * size, to = filter * (16 + size);
    for (let column = 0; column < 8; column++) {
      let most = 0;
      for (let at = column; at < size; at += 8) most = Math.max(most, Math.abs(filters[from + at]));
      const scale = most / 0x7fff || 1;
      scales[to / 2 + column] = scale;
      for (let at = column; at < size; at += 8) {
        integers[to + 16 + at] = Math.round(filters[from + at] / scale);
      }
    }
  }
  return integers;
}
