/**
 * A plan's steps as the WASM module takes them (kernels/assembly/sampler_layer.ts): phases with their
 * filters packed in panels of columns, [tap][depth][width], every number of channels a multiple of
 * eight and every depth one of four (zeros fill up).
 */

import type { Convolution } from "../phases.ts";
import type { DenseStep, Plan, UpscaleStep } from "../plan.ts";
import { type BlockLayer, packBlocks } from "./block_layer.ts";
import { type Grid, NO_BORDER } from "./grid.ts";

export interface PackedLayer {
  readonly input: Grid;
  readonly phases: readonly PackedPhase[];
  /** Columns of a panel. */
  readonly width: 4 | 8 | 12;
  readonly panels: number;
  /** One number a column. */
  readonly bias: Float32Array;
  /** 1 where there is no activation. */
  readonly slope: number;
  /** A dense layer gives whole images, a last layer pixels with all its phases, others pixels of each phase. */
  readonly kind: "dense" | "upscale" | "last";
  /** Output pixels for each input pixel. */
  readonly stride: readonly [vertical: number, horizontal: number];
}

/** Outputs at stride · position + offset. */
export interface PackedPhase {
  readonly offset: readonly [y: number, x: number];
  /** Inputs of each tap, from the position. */
  readonly taps: readonly (readonly [y: number, x: number])[];
  /** Pairs of taps that share a filter of twelve columns: the first eight of one, then the first four of another. They come first. */
  readonly pairs: number;
  /** [panel][tap or pair][depth][width] */
  readonly filter: Float32Array;
}

/** Columns of the first tap of a pair. */
const PAIRED_COLUMNS = 8;

export function packLayers(plan: Plan): (PackedLayer | BlockLayer)[] {
  let [height, width, channels] = [1, 1, plan.latentSize];
  return plan.steps.map((step, i) => {
    const isLast = i === plan.steps.length - 1;
    const layer = step.kind === "dense"
      ? packDense(step)
      : !isLast && packBlocks(step, [height, width, channels]) ||
        packUpscale(step, height, width, channels, isLast);
    [height, width, channels] = step.output;
    return layer;
  });
}

function packDense({ inputs, matrix, bias, slope, output }: DenseStep): PackedLayer {
  const [height, width, channels] = output;
  const depth = filled(inputs, 4);
  const panelsPerPixel = filled(channels, 8) / 8;
  const panels = height * width * panelsPerPixel;
  const filter = new Float32Array(panels * depth * 8);
  const biases = new Float32Array(panels * 8);
  for (let panel = 0; panel < panels; panel++) {
    const channel = (panel % panelsPerPixel) * 8;
    const first = Math.floor(panel / panelsPerPixel) * channels + channel;
    const count = Math.min(8, channels - channel);
    biases.set(bias.subarray(first, first + count), panel * 8);
    for (let i = 0; i < inputs; i++) {
      const from = i * bias.length + first;
      filter.set(matrix.subarray(from, from + count), (panel * depth + i) * 8);
    }
  }
  return {
    input: { height: 1, width: 1, depth, border: NO_BORDER },
    phases: [{ offset: [0, 0], taps: [[0, 0]], pairs: 0, filter }],
    width: 8,
    panels,
    bias: biases,
    slope: slope ?? 1,
    kind: "dense",
    stride: [height, width],
  };
}

/** One phase of a transposed convolution before it is packed: columns of a convolution. */
interface Part {
  readonly offset: readonly [y: number, x: number];
  readonly convolution: Convolution;
  /** The first of its columns. */
  readonly column: number;
}

function packUpscale(
  step: UpscaleStep,
  height: number,
  width: number,
  inputs: number,
  isLast: boolean,
): PackedLayer {
  const channels = step.bias.length;
  const parts = partsOf(step);
  const convolutions = parts.map((part) => part.convolution);
  const most = (of: (convolution: Convolution) => number) => Math.max(0, ...convolutions.map(of));
  const border = {
    top: most(({ pad }) => pad[0][0]),
    bottom: most(({ pad }) => pad[0][1]),
    left: most(({ pad }) => pad[1][0]),
    right: most(({ pad }) => pad[1][1]),
  };
  const depth = filled(inputs, 8);
  const common = {
    input: { height, width, depth, border },
    slope: step.slope ?? 1,
    stride: step.stride,
  };
  if (!isLast) {
    const panels = filled(channels, 8) / 8;
    const bias = new Float32Array(panels * 8);
    bias.set(step.bias);
    const phases = parts.map((part) => packPhase([part], part.offset, channels, depth, 8, panels));
    // The longest first: threads that come last to an item then wait the shortest.
    phases.sort((a, b) => b.taps.length - a.taps.length);
    return { ...common, kind: "upscale", phases, width: 8, panels, bias };
  }
  const columns = parts.length * channels;
  const panelWidth = columns <= 4 ? 4 : columns > 8 && columns <= 12 ? 12 : 8;
  const panels = Math.ceil(columns / panelWidth);
  const bias = new Float32Array(panels * panelWidth);
  parts.forEach((_, i) => bias.set(step.bias, i * channels));
  const phase = packPhase(parts, [0, 0], channels, depth, panelWidth, panels);
  return { ...common, kind: "last", phases: [phase], width: panelWidth, panels, bias };
}

/** The phases of a step, row by row. A convolution may hold several, side by side. */
function partsOf({ rows, bias }: UpscaleStep): Part[] {
  return rows.flatMap((row, y) => {
    const parts: Part[] = [];
    for (const convolution of row) {
      for (let column = 0; column < convolution.shape[3]; column += bias.length) {
        parts.push({ offset: [y, parts.length], convolution, column });
      }
    }
    return parts;
  });
}

/** What a tap of a part gives, from column `column` on, and up to `end`. */
interface Reach {
  readonly tap: PackedPhase["taps"][number];
  /** One row of numbers an input. */
  readonly rows: readonly Float32Array[];
  readonly column: number;
  readonly end: number;
}

/** Parts side by side as one phase, over all taps that any of them has. */
function packPhase(
  parts: readonly Part[],
  offset: PackedPhase["offset"],
  channels: number,
  depth: number,
  width: number,
  panels: number,
): PackedPhase {
  const reaches = parts.flatMap((part, p) => reachesOf(part, p * channels, channels));
  const { taps, pairs } = pairUp(reaches, width);
  const filters = taps.length - pairs;
  const filter = new Float32Array(panels * filters * depth * width);
  for (const { tap, rows, column: first, end } of reaches) {
    const index = taps.findIndex((other) => String(other) === String(tap));
    const isPaired = index < 2 * pairs;
    const place = isPaired ? index >> 1 : index - pairs;
    const shift = isPaired && index % 2 === 1 ? PAIRED_COLUMNS : 0;
    rows.forEach((row, i) => {
      for (let column = first; column < end;) {
        const count = Math.min(end - column, width - column % width);
        const panel = Math.floor(column / width);
        const at = ((panel * filters + place) * depth + i) * width + column % width + shift;
        for (let c = 0; c < count; c++) filter[at + c] = row[column - first + c];
        column += count;
      }
    });
  }
  return { offset, taps, pairs, filter };
}

/** A part's taps, but for those of zeros alone: of phases that share a convolution each has the others', too. */
function reachesOf(
  { convolution: { filter, shape, pad }, column: from }: Part,
  column: number,
  channels: number,
): Reach[] {
  const [height, width, inputs, columns] = shape;
  return Array.from({ length: height * width }, (_, tap): Reach => ({
    tap: [Math.floor(tap / width) - pad[0][0], tap % width - pad[1][0]],
    rows: Array.from({ length: inputs }, (_, i) => {
      const at = (tap * inputs + i) * columns + from;
      return filter.subarray(at, at + channels);
    }),
    column,
    end: column + channels,
  })).filter(({ rows }) => rows.some((row) => row.some((value) => value !== 0)));
}

/** The taps of a phase, those that can share a filter of twelve columns first. */
function pairUp(reaches: readonly Reach[], width: number): Pick<PackedPhase, "taps" | "pairs"> {
  // A tap with the last column that it reaches: parts come in their order.
  const all = [...new Map(reaches.map((reach) => [String(reach.tap), reach])).values()];
  const few = all.filter(({ end }) => width === 12 && end <= width - PAIRED_COLUMNS);
  const more = all.filter((one) => one.end <= PAIRED_COLUMNS && !few.includes(one));
  const pairs = Math.min(few.length, more.length);
  const first = few.slice(0, pairs).flatMap((one, i) => [more[i], one]);
  return { taps: [...new Set([...first, ...all])].map(({ tap }) => tap), pairs };
}

function filled(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
