/**
 * A plan's steps as the shaders of webgpu_shaders.ts take them: every step is a stride-1 convolution by
 * phases, every number of channels a multiple of 4 (zeros fill up), so that all is read as vec4<f32>.
 */
import type { Convolution } from "./phases.ts";
import type { DenseStep, Plan, Step, UpscaleStep } from "./plan.ts";

/** One phase of a layer: which outputs it gives, from which taps. */
export interface Phase {
  /** Its outputs are those at (stride · position + offset). */
  readonly offset: readonly [y: number, x: number];
  /** The first tap meets the input at (position − pad). */
  readonly pad: readonly [top: number, left: number];
  readonly taps: readonly [height: number, width: number];
  /** Where its filter starts among the layer's weights, in vec4s. */
  readonly filter: number;
}

export interface Layer {
  readonly input: Grid;
  readonly output: Grid;
  readonly stride: readonly [y: number, x: number];
  readonly phases: readonly Phase[];
  /** The filters of all phases, then the bias. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** Where the bias starts, in vec4s. */
  readonly bias: number;
  /** Of the leaky ReLU; null for none. */
  readonly slope: number | null;
}

/** What a layer reads or writes of one image: [height, width, 4 · quads] numbers. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  readonly quads: number;
}

/** A layer as webgpu_shaders.ts reads it from a buffer. */
export function describe({ input, output, stride, phases, bias, slope }: Layer): ArrayBuffer {
  const [head, each] = [10, 8]; // 4-byte numbers of Layer before its phases, and of a Phase
  const values = new DataView(new ArrayBuffer(4 * (head + each * phases.length)));
  const put = (at: number, numbers: readonly number[]) =>
    numbers.forEach((number, i) => values.setInt32(4 * (at + i), number, true));
  put(0, [input.width, input.height, input.quads, bias, output.width, output.height, output.quads]);
  values.setFloat32(4 * 7, slope ?? 1, true);
  put(8, stride.toReversed());
  phases.forEach(({ offset, pad, taps, filter }, i) =>
    put(head + i * each, [...[offset, pad, taps].flatMap((pair) => pair.toReversed()), filter])
  );
  return values.buffer;
}

/** The number of vec4s that hold `channels` numbers. */
export const quadsOf = (channels: number) => Math.ceil(channels / 4);

/**
 * The layers of `plan`. A filter is [tap, input, output] but for the last layer's, [tap, output, input]
 * without filled-up outputs: that layer's few outputs are dot products.
 */
export function layersOf(plan: Plan): Layer[] {
  const inputs: Grid[] = [{ height: 1, width: 1, quads: quadsOf(plan.latentSize) }];
  return plan.steps.map((step, i) => {
    const isLast = i === plan.steps.length - 1;
    const layer = layerOf(step, inputs[i], isLast);
    const [height, width, channels] = step.output;
    inputs.push({ height, width, quads: quadsOf(channels) });
    return layer;
  });
}

/** A filter of one phase before it is packed. */
interface PhaseFilter extends Omit<Phase, "filter"> {
  /** What input `input` of a tap (row-major) gives to each output. */
  weights(tap: number, input: number): Float32Array;
}

function layerOf(step: Step, input: Grid, isLast: boolean): Layer {
  const [height, width, channels] = step.output;
  const filters = step.kind === "dense" ? densePhases(step) : upscalePhases(step);
  const stride = step.kind === "dense" ? [height, width] as const : step.stride;
  const inputs = step.kind === "dense" ? step.inputs : step.rows[0][0].shape[2];
  const outputQuads = quadsOf(channels);
  const [rows, columns] = isLast ? [channels, input.quads * 4] : [input.quads * 4, outputQuads * 4];
  const count = filters.reduce((sum, { taps }) => sum + taps[0] * taps[1], 0);
  const bias = count * rows * columns / 4;
  const weights = new Float32Array((bias + outputQuads) * 4);
  let next = 0;
  const phases = filters.map((from): Phase => {
    const { offset, pad, taps } = from;
    const filter = next / 4;
    for (let tap = 0; tap < taps[0] * taps[1]; tap++, next += rows * columns) {
      // Rows and columns that fill up to a multiple of 4 stay 0.
      for (let i = 0; i < inputs; i++) {
        const values = from.weights(tap, i);
        if (isLast) values.forEach((value, o) => weights[next + o * columns + i] = value);
        else weights.set(values, next + i * columns);
      }
    }
    return { offset, pad, taps, filter };
  });
  weights.set(step.bias.subarray(0, channels), bias * 4); // a dense step repeats its bias for every pixel
  const output = { height, width, quads: outputQuads };
  return { input, output, stride, phases, weights, bias, slope: step.slope };
}

/** A product with a matrix [inputs, height · width · channels] is a transposed convolution of one pixel: a phase each output pixel. */
function densePhases({ matrix, output: [height, width, channels] }: DenseStep): PhaseFilter[] {
  const columns = height * width * channels;
  return Array.from({ length: height * width }, (_, pixel) => ({
    offset: [Math.floor(pixel / width), pixel % width] as const,
    pad: [0, 0] as const,
    taps: [1, 1] as const,
    weights(_tap, input) {
      const at = input * columns + pixel * channels;
      return matrix.subarray(at, at + channels);
    },
  }));
}

/** Where a convolution holds two phases side by side, each goes its own way again, without the other's taps. */
function upscalePhases({ rows, output: [, , channels] }: UpscaleStep): PhaseFilter[] {
  return rows.flatMap((row, y) =>
    row.flatMap((convolution, column) => {
      const phases = convolution.shape[3] / channels;
      return Array.from(
        { length: phases },
        (_, x) => onePhase(convolution, x * channels, channels, [y, column + x]),
      );
    })
  );
}

function onePhase(
  { filter, shape: [height, width, inputs, all], pad: [[top], [left]] }: Convolution,
  first: number,
  channels: number,
  offset: readonly [number, number],
): PhaseFilter {
  const at = (y: number, x: number) => (y * width + x) * inputs * all + first;
  const isUsed = (x: number) => {
    for (let y = 0; y < height; y++) {
      for (let i = 0; i < inputs; i++) {
        const start = at(y, x) + i * all;
        if (filter.subarray(start, start + channels).some((value) => value !== 0)) return true;
      }
    }
    return false;
  };
  let [from, to] = [0, width];
  while (from < to - 1 && !isUsed(from)) from++;
  while (to > from + 1 && !isUsed(to - 1)) to--;
  const kept = to - from;
  return {
    offset,
    pad: [top, left - from],
    taps: [height, kept],
    weights(tap, input) {
      const start = at(Math.floor(tap / kept), from + tap % kept) + input * all;
      return filter.subarray(start, start + channels);
    },
  };
}
