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
  /** [panel][tap][depth][width] */
  readonly filter: Float32Array;
}

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
    phases: [{ offset: [0, 0], taps: [[0, 0]], filter }],
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

/** Parts side by side as one phase, over all taps that any of them has. */
function packPhase(
  parts: readonly Part[],
  offset: PackedPhase["offset"],
  channels: number,
  depth: number,
  width: number,
  panels: number,
): PackedPhase {
  const tapsOf = ({ convolution: { shape, pad } }: Part) =>
    Array.from({ length: shape[0] * shape[1] }, (_, tap) =>
      [
        Math.floor(tap / shape[1]) - pad[0][0],
        tap % shape[1] - pad[1][0],
      ] as const);
  const taps = [...new Map(parts.flatMap(tapsOf).map((tap) => [String(tap), tap])).values()];
  const filter = new Float32Array(panels * taps.length * depth * width);
  parts.forEach((part, p) => {
    const { filter: values, shape: [, , inputs, columns] } = part.convolution;
    tapsOf(part).forEach((tap, from) => {
      const to = taps.findIndex((other) => String(other) === String(tap));
      for (let i = 0; i < inputs; i++) {
        const row = (from * inputs + i) * columns + part.column;
        for (let done = 0; done < channels;) {
          const column = p * channels + done;
          const count = Math.min(channels - done, width - column % width);
          const panel = Math.floor(column / width);
          const at = ((panel * taps.length + to) * depth + i) * width + column % width;
          for (let c = 0; c < count; c++) filter[at + c] = values[row + done + c];
          done += count;
        }
      }
    });
  });
  return { offset, taps, filter };
}

function filled(count: number, multiple: number): number {
  return Math.ceil(count / multiple) * multiple;
}
