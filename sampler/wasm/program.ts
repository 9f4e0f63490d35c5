/** A plan in the WASM module's memory: weights, tables, and the buffers of CAPACITY images, laid out once. */

import type { Plan } from "../plan.ts";
import type { Arena } from "./arena.ts";
import type { BlockLayer } from "./block_layer.ts";
import type { Buffers } from "./buffers.ts";
import { type Grid, imageBytes, NO_BORDER, pixelAt, pixelBytes, rowBytes } from "./grid.ts";
import { type PackedLayer, packLayers } from "./packed_layer.ts";
import type { Table } from "./run_table.ts";
import { type ProgramStep, writeTable } from "./table.ts";

/** Images that are computed at once. */
export const CAPACITY = 16;

export interface Program {
  /** The calls that make `count` images, at most CAPACITY. */
  table(count: number): Table;
  readonly buffers: Buffers;
  free(): void;
}

/** The first of two words of the last step's description, for floats and for bytes. */
const OUTPUTS = 3;
/** Pixels of an item: a multiple of the tiles' rows, few enough for the second-level cache. */
const ITEM_PIXELS = 192;
/** Blocks of 2x2 pixels of an item. */
const ITEM_BLOCKS = 64;
/** Items of a layer at one image, at the least: so threads end about together. */
const ITEMS = 16;
/** A tile may read so many entries behind a table's end. */
const SPARE_ENTRIES = 6;

/** The memory of a program while it is written. */
interface Writer {
  /** Puts numbers there; gives their address. */
  put(values: Float32Array | Int32Array | Int16Array): number;
  /** Room for numbers to come, zeros until then. */
  room(bytes: number): number;
}

/** Puts `plan` into `memory`, for kernels on `threads` threads. */
export function layOut(
  plan: Plan,
  memory: WebAssembly.Memory,
  arena: Arena,
  threads: number,
): Program {
  const taken: number[] = [];
  const room = (bytes: number) => {
    const address = arena.allocate(bytes);
    taken.push(address);
    return address;
  };
  const put = ({ buffer, byteOffset, byteLength }: Float32Array | Int32Array | Int16Array) => {
    const address = room(byteLength);
    new Uint8Array(memory.buffer).set(new Uint8Array(buffer, byteOffset, byteLength), address);
    return address;
  };
  const writer = { put, room };

  const layers = packLayers(plan);
  const last = layers.at(-1)!;
  if (last.kind === "blocks") throw new Error("a last layer has all phases in one");
  const raw = rawGrid(plan, last);
  const grids = [...layers.map((layer) => layer.input), raw];
  const buffers = grids.map((grid) => room(CAPACITY * imageBytes(grid)));
  const [height, width, channels] = plan.imageShape;
  const images = room(CAPACITY * height * width * channels * 4);
  const pixels = room(CAPACITY * height * width * 4);

  const steps = layers.flatMap((layer, i): ProgramStep[] => {
    const ends: Ends = { x: buffers[i], from: grids[i], y: buffers[i + 1], to: grids[i + 1] };
    return layer.kind === "blocks"
      ? blockSteps(layer, ends, writer, threads)
      : [layerStep(layer, ends, writer)];
  });
  const [strideY, strideX] = last.kind === "last" ? last.stride : [1, 1];
  // Whole rows for each thread.
  const bands = raw.height % threads === 0 ? threads : 1;
  const image = [
    ...[0, 0, buffers.at(-1)!, 0, 0], // where floats and bytes go is set for each run
    ...[raw.height * raw.width, raw.width, pixelBytes(raw), strideY, strideX, channels, bands],
  ];
  steps.push({
    kernel: "computeImage",
    address: put(Int32Array.from(image)),
    group: 1,
    items: (count) => count * bands,
  });

  const tables = new Map<number, Table>();
  return {
    table(count) {
      const known = tables.get(count) ?? writeTable(steps, count, threads, put);
      tables.set(count, known);
      return known;
    },
    buffers: {
      latents: buffers[0],
      latentBytes: imageBytes(grids[0]),
      latentSize: plan.latentSize,
      outputs: steps.at(-1)!.address + OUTPUTS * 4,
      images,
      pixels,
      imageShape: plan.imageShape,
    },
    free: () => taken.forEach((address) => arena.free(address)),
  };
}

/** What the last layer writes: pixels of its input with the outputs of all phases. */
function rawGrid(plan: Plan, last: PackedLayer): Grid {
  const columns = last.panels * last.width;
  const [height, width] = plan.imageShape;
  return last.kind === "dense"
    ? { height, width, depth: columns / (height * width), border: NO_BORDER }
    : { ...last.input, depth: columns, border: NO_BORDER };
}

/** A layer's buffers. */
interface Ends {
  readonly x: number;
  readonly from: Grid;
  readonly y: number;
  readonly to: Grid;
}

function layerStep(layer: PackedLayer, ends: Ends, { put }: Writer): ProgramStep {
  const { x, from, y, to } = ends;
  const phases = layer.phases.flatMap(({ offset: [top, left], taps, pairs, filter }) => [
    taps.length - pairs,
    put(Int32Array.from(taps, ([y, x]) => y * rowBytes(from) + x * pixelBytes(from))),
    put(filter),
    layer.kind === "last" ? 0 : top * rowBytes(to) + left * pixelBytes(to),
    pairs,
  ]);
  const pixelsPerImage = from.height * from.width;
  const share = Math.ceil(layer.panels * layer.phases.length / ITEMS);
  const group = layer.kind === "dense" ? Math.ceil(share / 4) * 4 : share;
  const words = [
    ...[0, 0, x, y],
    ...[put(pixelTable(layer, from, to)), pixelsPerImage, from.depth],
    ...[layer.width, layer.panels, put(columnTable(layer, to)), put(layer.bias)],
    ...[bitsOf(layer.slope), layer.phases.length, put(Int32Array.from(phases))],
    ...[group, ITEM_PIXELS],
  ];
  return {
    kernel: "computeLayer",
    address: put(Int32Array.from(words)),
    group: Math.max(1, Math.floor(ITEM_PIXELS / pixelsPerImage)),
    items: (count) =>
      Math.ceil(count * pixelsPerImage / ITEM_PIXELS) * layer.phases.length *
      Math.ceil(layer.panels / group),
  };
}

function blockSteps(
  layer: BlockLayer,
  { x, from, y, to }: Ends,
  { put, room }: Writer,
  threads: number,
): ProgramStep[] {
  const [rows, columns] = [from.height / 2, from.width / 2];
  const perImage = rows * columns;
  const table = new Int32Array(2 * CAPACITY * perImage);
  const images = Math.max(1, Math.floor(ITEM_BLOCKS / perImage));
  for (let i = 0; i < CAPACITY * perImage; i++) {
    const image = Math.floor(i / perImage);
    const [row, column] = [Math.floor(i % perImage / columns), i % columns];
    table[2 * i] = image * imageBytes(from) + pixelAt(from, 2 * row, 2 * column);
    table[2 * i + 1] = image * imageBytes(to) + pixelAt(to, 4 * row, 4 * column);
  }
  // One more line, as planes a power of two apart would all lie in the same few lines of a cache.
  const planeBytes = images * perImage * pixelBytes(from) + 64;
  const wide = 9 * ITEM_BLOCKS * 32;
  const scratchBytes = wide + from.depth * 32;
  const group = Math.ceil(layer.panels / ITEMS);
  const words = [
    ...[0, 0, x, y, put(table), perImage, from.depth],
    ...[room(threads * 16 * planeBytes), planeBytes],
    ...[layer.panels, put(layer.filter), put(layer.bias), bitsOf(layer.slope)],
    ...[group, ITEM_BLOCKS],
    ...[rowBytes(from), rowBytes(to), pixelBytes(to)],
    ...[room(threads * scratchBytes), scratchBytes],
    ...[layer.filter instanceof Int16Array ? 1 : 0, wide],
  ];
  const address = put(Int32Array.from(words));
  return [
    {
      kernel: "spreadBlocks",
      address,
      group: images,
      items: () => 1,
    },
    {
      kernel: "computeBlocks",
      address,
      group: images,
      items: (count) => Math.ceil(count * perImage / ITEM_BLOCKS) * Math.ceil(layer.panels / group),
    },
  ];
}

/** For each input pixel of CAPACITY images: where it is, and where its first output goes. */
function pixelTable({ kind, input, stride }: PackedLayer, from: Grid, to: Grid): Int32Array {
  const perImage = input.height * input.width;
  const count = CAPACITY * perImage;
  const table = new Int32Array(2 * (count + SPARE_ENTRIES));
  const [strideY, strideX] = kind === "upscale" ? stride : [1, 1];
  for (let i = 0; i < count + SPARE_ENTRIES; i++) {
    const pixel = Math.min(i, count - 1);
    const image = Math.floor(pixel / perImage);
    const [y, x] = [Math.floor(pixel % perImage / input.width), pixel % input.width];
    table[2 * i] = image * imageBytes(from) + pixelAt(from, y, x);
    table[2 * i + 1] = image * imageBytes(to) +
      (kind === "dense" ? 0 : pixelAt(to, y * strideY, x * strideX));
  }
  return table;
}

/** For each panel: where its columns go, from the pixel's first output. */
function columnTable({ kind, panels, width }: PackedLayer, to: Grid): Int32Array {
  if (kind !== "dense") return Int32Array.from({ length: panels }, (_, i) => i * width * 4);
  const perPixel = to.depth / 8;
  return Int32Array.from({ length: panels }, (_, i) => {
    const pixel = Math.floor(i / perPixel);
    return pixelAt(to, Math.floor(pixel / to.width), pixel % to.width) + (i % perPixel) * 32;
  });
}

/** The bits of a float32, as a word. */
function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}
