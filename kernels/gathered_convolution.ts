/** Runs convolutions and their input gradients on assembly/convolve.ts. */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { kernelsOf, words } from "./backend.ts";
import { type FilterStrides, packTaps } from "./pack_taps.ts";
import {
  copiedPatch,
  FLOAT,
  type Images,
  roundUp,
  type View,
  viewBytes,
  writeView,
  zerosAt,
} from "./gather_plan.ts";

/** Every stride-th pixel of the output, from (down, across): the same taps reach all of them. */
export interface Phase {
  view: View;
  down: number;
  across: number;
}

const PHASE_BYTES = 64; // ahead of the view
const MOST_PIXELS = 192; // whose patches a second-level cache holds
const FEWEST_PIXELS = 24;
const CHUNKS = 24; // enough for several threads to end at about the same time
const TILE_ROWS = 6;
const EDGE_BYTES = 256;
// Up to so many columns are dot products along the channels (assembly/narrow.ts).
const FEW_COLUMNS = 6;

/** output = for every phase, its view's patches by its taps' filters; `stride` is the output's. */
export function convolvePhases(
  backend: BackendWasm,
  output: Images,
  stride: readonly [down: number, across: number],
  phases: Phase[],
  filter: FilterStrides,
): void {
  const kernels = kernelsOf(backend);
  const [batch, , outWidth, columns] = output.shape;
  const channels = phases[0].view.source.shape[3];
  const zeros = zerosAt(backend, channels);
  const narrow = columns <= FEW_COLUMNS && channels % 4 === 0 &&
    filter.depth === FLOAT && filter.column === channels * FLOAT;
  const panels = narrow ? 0 : Math.ceil(columns / 8);

  // A phase's panels, one after the other: [panels][depth][8].
  const patches = phases.map(({ view }) => narrow ? 0 : copiedPatch(view));
  const depths = phases.map(({ view }, i) => patches[i] || view.taps.length * channels);
  const packedFloats = depths.map((depth) => panels * depth * 8);
  const packed = kernels.scratch("right", packedFloats.reduce((a, b) => a + b, 0) * FLOAT);
  const planBytes = PHASE_BYTES + Math.max(...phases.map(({ view }) => viewBytes(view)));
  const taps = phases.reduce((sum, { view }) => sum + view.taps.length, 0);
  const plans = kernels.scratch("plan", phases.length * planBytes + taps * 12);

  const pixels = phases.map(({ view }) => batch * view.rows * view.columns);
  const fair = pixels.reduce((a, b) => a + b, 0) / CHUNKS;
  const block = Math.min(MOST_PIXELS, Math.max(FEWEST_PIXELS, roundUp(fair, TILE_ROWS)));
  // What packTaps reads of each tap, or where its filter lies.
  const list: number[] = [], listAt = plans + phases.length * planBytes;
  let chunks = 0, from = packed, scratchBytes = 0;
  const heap = words(backend);
  phases.forEach(({ view, down, across }, i) => {
    const at = plans + i * planBytes;
    const patch = patches[i];
    const gathered = patch ? 1 : view.taps.length;
    heap.set([
      chunks,
      block,
      pixels[i],
      output.address + (down * outWidth + across) * columns * FLOAT,
      columns,
      stride[0] * outWidth * columns * FLOAT,
      stride[1] * columns * FLOAT,
      output.shape[1] * outWidth * columns * FLOAT,
      from,
      gathered,
      patch || channels,
      Math.max(1, Math.floor(MOST_DEPTH / (patch || channels))),
      patch ? 1 : 0,
      view.rows,
      view.columns,
      narrow ? listAt + list.length * 4 : 0,
    ], at / 4);
    writeView(heap, at + PHASE_BYTES, view, zeros);
    view.taps.forEach((tap, t) => {
      if (narrow) list.push(tap.filter);
      else list.push(from + t * channels * 8 * FLOAT, depths[i] * 8 * FLOAT, tap.filter);
    });
    chunks += Math.ceil(pixels[i] / block);
    from += packedFloats[i] * FLOAT;
    scratchBytes = Math.max(
      scratchBytes,
      EDGE_BYTES + (columns + 16) * FLOAT + (block / 6) * 24 * (1 + gathered) +
        block * patch * FLOAT,
    );
  });
  heap.set(list, listAt / 4);
  if (!narrow) packTaps(kernels, listAt, taps, columns, channels, filter);
  scratchBytes = roundUp(scratchBytes, 64);
  const scratch = kernels.scratch("thread", kernels.threads * scratchBytes);
  kernels.parallel(
    "convolve",
    chunks,
    plans,
    phases.length,
    planBytes,
    scratch,
    scratchBytes,
  );
}

const MOST_DEPTH = 512; // a panel of the filter of this depth fills half of a first-level cache
